//! For tests of both services: a clock to move, seeded entropy, a database per test on either engine.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Duration};
use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use tempfile::TempDir;

use crate::{
    entropy::Entropy,
    time::{Clock, Time},
};

/// The environment variable that names a PostgreSQL server tests may make databases on.
pub const POSTGRES_URL: &str = "PORTICO_TEST_POSTGRES_URL";

/// A clock that stands still until it is moved. Cloning shares it.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<Mutex<Time>>);

impl Default for TestClock {
    fn default() -> Self {
        Self::at("2026-03-01T12:00:00Z")
    }
}

impl TestClock {
    /// A clock at the given RFC 3339 instant.
    ///
    /// # Panics
    /// On a text that is none.
    #[expect(clippy::expect_used, reason = "test support")]
    pub fn at(text: &str) -> Self {
        let time = DateTime::parse_from_rfc3339(text).expect("an RFC 3339 instant");
        Self(Arc::new(Mutex::new(time.to_utc())))
    }

    /// Moves the clock forward (or back).
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Sets the clock.
    pub fn set(&self, time: Time) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same bytes for the same seed.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// Entropy from a number.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buf: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buf);
    }
}

/// The DSN of a SQLite file in a folder.
pub fn sqlite_dsn(dir: &Path) -> String {
    format!("sqlite://{}", dir.join("db.sqlite").display())
}

/// A database that goes with the value.
#[derive(Debug)]
pub enum TempDatabase {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database on the test server.
    Postgres {
        /// The server's URL.
        server: String,
        /// The database's name.
        name: String,
    },
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
}

const SQLITE_TABLES: &str = "SELECT name, 0 AS rows FROM sqlite_master WHERE type = 'table'";
const POSTGRES_TABLES: &str =
    "SELECT tablename::text AS name, 0::bigint AS rows FROM pg_tables WHERE schemaname = current_schema()";

/// How many rows each table of a database has.
///
/// # Panics
/// When the database cannot be read.
#[expect(clippy::expect_used, reason = "test support")]
pub fn table_sizes(dsn: &str) -> BTreeMap<String, i64> {
    fn rows(query: impl Fn(&str) -> Vec<Row>, tables: &str) -> BTreeMap<String, i64> {
        let count = |name: String| query(&format!("SELECT '{name}' AS name, count(*) AS rows FROM {name}")).pop();
        query(tables).into_iter().filter_map(|table| count(table.name)).map(|row| (row.name, row.rows)).collect()
    }
    if let Some(file) = dsn.strip_prefix("sqlite://") {
        let conn = RefCell::new(diesel::SqliteConnection::establish(file).expect("the file"));
        return rows(|sql| diesel::sql_query(sql).load(&mut *conn.borrow_mut()).expect("rows"), SQLITE_TABLES);
    }
    let conn = RefCell::new(diesel::PgConnection::establish(dsn).expect("the server"));
    rows(|sql| diesel::sql_query(sql).load(&mut *conn.borrow_mut()).expect("rows"), POSTGRES_TABLES)
}

/// Runs statements on a database, past the service it belongs to.
///
/// # Panics
/// When one of them fails.
#[expect(clippy::expect_used, reason = "test support")]
pub fn execute(dsn: &str, sql: &str) {
    match dsn.strip_prefix("sqlite://") {
        Some(file) => diesel::SqliteConnection::establish(file).expect("the file").batch_execute(sql),
        None => diesel::PgConnection::establish(dsn).expect("the server").batch_execute(sql),
    }
    .expect("the statements");
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

#[expect(clippy::expect_used, reason = "test support")]
impl TempDatabase {
    /// A new SQLite file.
    ///
    /// # Panics
    /// When no folder can be made.
    pub fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().expect("a temporary folder"))
    }

    /// A new PostgreSQL database, or `None` when no server is named by the environment.
    ///
    /// # Panics
    /// When the named server does not make one, and in CI when none is named.
    pub fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var(POSTGRES_URL) else {
            assert!(std::env::var_os("CI").is_none(), "{POSTGRES_URL} must be set in CI");
            return None;
        };
        Some(Self::postgres_on(&server))
    }

    /// A new database on the PostgreSQL server of this URL.
    ///
    /// # Panics
    /// When the server does not make one.
    pub fn postgres_on(server: &str) -> Self {
        let name = format!("t{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        admin(server, &format!("CREATE DATABASE {name}"));
        Self::Postgres { server: server.to_owned(), name }
    }

    /// How a service is told of it.
    ///
    /// # Panics
    /// When the server's URL is not one.
    pub fn dsn(&self) -> String {
        match self {
            Self::Sqlite(dir) => sqlite_dsn(dir.path()),
            Self::Postgres { server, name } => {
                let mut url = url::Url::parse(server).expect("a URL");
                url.set_path(name);
                url.to_string()
            }
        }
    }
}

#[expect(clippy::expect_used, reason = "test support")]
fn admin(server: &str, statement: &str) {
    let mut conn = diesel::PgConnection::establish(server).expect("the test server answers");
    conn.batch_execute(statement).expect("the test server obeys");
}

impl Drop for TempDatabase {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self
            && let Ok(mut conn) = diesel::PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs an async test body on SQLite and on PostgreSQL: `on_both!(async fn name(dsn: String) { .. })` makes the tests
/// `name::sqlite` and `name::postgres`. Without a PostgreSQL server (never in CI) the second says so and passes.
#[macro_export]
macro_rules! on_both {
    ($(#[$attr:meta])* async fn $name:ident($dsn:ident: String) $body:block) => {
        $(#[$attr])*
        mod $name {
            use super::*;

            async fn body($dsn: String) $body

            fn block_on(dsn: String) {
                tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .expect("a runtime")
                    .block_on(body(dsn));
            }

            #[test]
            fn sqlite() {
                let database = $crate::testing::TempDatabase::sqlite();
                block_on(database.dsn());
            }

            #[test]
            fn postgres() {
                match $crate::testing::TempDatabase::postgres() {
                    Some(database) => block_on(database.dsn()),
                    None => eprintln!("skipped: {} is not set", $crate::testing::POSTGRES_URL),
                }
            }
        }
    };
}
