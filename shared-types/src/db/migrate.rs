//! Migrations embedded in the binaries.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _};

use super::{conn::AnyConn, error::Error};

/// The same schema, written for each engine.
#[derive(Clone, Copy)]
pub struct Migrations {
    /// For SQLite.
    pub sqlite: &'static EmbeddedMigrations,
    /// For PostgreSQL.
    pub postgres: &'static EmbeddedMigrations,
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Migrations")
    }
}

/// Names this program's migrations lock in PostgreSQL; any number no other program is likely to use.
const LOCK: i64 = 0x706f_7274_6963_6f31;

/// Applies what is pending and returns the versions applied. Replicas that start together take turns.
pub fn run(conn: &mut AnyConn, migrations: Migrations) -> Result<Vec<String>, Error> {
    let applied = match conn {
        AnyConn::Sqlite(c) => c
            .run_pending_migrations(migrations_of(migrations.sqlite))
            .map(|versions| texts(&versions)),
        AnyConn::Pg(c) => {
            use diesel::connection::SimpleConnection as _;
            c.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
                .map_err(Error::from)?;
            let applied = c
                .run_pending_migrations(migrations_of(migrations.postgres))
                .map(|versions| texts(&versions));
            c.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))
                .map_err(Error::from)?;
            applied
        }
    };
    applied.map_err(Error::Backend)
}

/// The versions not yet applied. A database without any schema has all of them pending.
pub fn pending(conn: &mut AnyConn, migrations: Migrations) -> Result<Vec<String>, Error> {
    let names = |list: Vec<Box<dyn diesel::migration::Migration<_>>>| {
        list.iter().map(|m| m.name().to_string()).collect()
    };
    match conn {
        AnyConn::Sqlite(c) => c
            .pending_migrations(migrations_of(migrations.sqlite))
            .map(names)
            .map_err(Error::Backend),
        AnyConn::Pg(c) => c
            .pending_migrations(migrations_of(migrations.postgres))
            .map(|list| list.iter().map(|m| m.name().to_string()).collect())
            .map_err(Error::Backend),
    }
}

/// Whether the database has a newer schema than this program: a migration was applied that it does not know.
pub fn unknown(conn: &mut AnyConn, migrations: Migrations) -> Result<Vec<String>, Error> {
    use diesel::migration::MigrationSource as _;
    fn strange<DB: diesel::backend::Backend>(
        known: &[Box<dyn diesel::migration::Migration<DB>>],
        applied: Vec<diesel::migration::MigrationVersion<'static>>,
    ) -> Vec<String> {
        applied
            .into_iter()
            .filter(|version| !known.iter().any(|m| m.name().version() == *version))
            .map(|version| version.to_string())
            .collect()
    }
    match conn {
        AnyConn::Sqlite(c) => {
            let known = migrations.sqlite.migrations().map_err(Error::Backend)?;
            c.applied_migrations()
                .map(|applied| strange::<diesel::sqlite::Sqlite>(&known, applied))
                .map_err(Error::Backend)
        }
        AnyConn::Pg(c) => {
            let known = migrations.postgres.migrations().map_err(Error::Backend)?;
            c.applied_migrations()
                .map(|applied| strange::<diesel::pg::Pg>(&known, applied))
                .map_err(Error::Backend)
        }
    }
}

fn texts(versions: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// `EmbeddedMigrations` is passed by value but is only a borrowed list.
fn migrations_of(list: &'static EmbeddedMigrations) -> Borrowed {
    Borrowed(list)
}

struct Borrowed(&'static EmbeddedMigrations);

impl<DB: diesel::backend::Backend> diesel::migration::MigrationSource<DB> for Borrowed {
    fn migrations(
        &self,
    ) -> diesel::migration::Result<Vec<Box<dyn diesel::migration::Migration<DB>>>> {
        diesel::migration::MigrationSource::<DB>::migrations(self.0)
    }
}
