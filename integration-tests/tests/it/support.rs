//! A runtime for a test body, and one test per database.

use std::future::Future;

/// Runs a test body to its end, on a runtime of its own.
pub(crate) fn block_on(body: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(body)
}

/// `on_both!(name)` makes the tests `name::sqlite` and `name::postgres` of `async fn name(engine: Engine)`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            use integration_tests::settings::Engine;

            #[test]
            fn sqlite() -> anyhow::Result<()> {
                crate::support::block_on(super::$name(Engine::Sqlite))
            }

            #[test]
            fn postgres() -> anyhow::Result<()> {
                crate::support::block_on(super::$name(Engine::Postgres))
            }
        })+
    };
}

/// `on_sqlite!(name)` makes a test of `async fn name(engine: Engine)` where the database does not matter.
macro_rules! on_sqlite {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            use integration_tests::settings::Engine;

            #[test]
            fn sqlite() -> anyhow::Result<()> {
                crate::support::block_on(super::$name(Engine::Sqlite))
            }
        })+
    };
}

/// The world, or the end of the test where its database is not to be had.
macro_rules! world {
    ($setup:expr) => {
        match $setup.start().await? {
            Some(world) => world,
            None => {
                eprintln!("skipped: no PostgreSQL server is named by {}", shared_types::testing::POSTGRES_URL);
                return Ok(());
            }
        }
    };
}

pub(crate) use {on_both, on_sqlite, world};
