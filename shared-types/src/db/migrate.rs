//! Migrations embedded in the binaries.

use diesel::{
    QueryableByName, RunQueryDsl as _,
    migration::{Migration, MigrationSource as _},
    result::Error as DieselError,
    sql_query,
    sql_types::Text,
};
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
        AnyConn::Sqlite(c) => {
            c.run_pending_migrations(migrations_of(migrations.sqlite)).map(|versions| texts(&versions))
        }
        AnyConn::Pg(c) => {
            use diesel::connection::SimpleConnection as _;
            c.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).map_err(Error::from)?;
            let applied = c.run_pending_migrations(migrations_of(migrations.postgres)).map(|versions| texts(&versions));
            c.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).map_err(Error::from)?;
            applied
        }
    };
    applied.map_err(Error::Backend)
}

/// The versions not yet applied. A database without any schema has all of them pending. Only reads, so that a role
/// that may not change the schema can run the service.
pub fn pending(conn: &mut AnyConn, migrations: Migrations) -> Result<Vec<String>, Error> {
    let applied = applied(conn)?;
    let known = known(conn, migrations)?.into_iter();
    Ok(known.filter(|known| !applied.contains(&known.version)).map(|known| known.name).collect())
}

/// The versions that were applied and that this program does not know: the database belongs to a newer one.
pub fn unknown(conn: &mut AnyConn, migrations: Migrations) -> Result<Vec<String>, Error> {
    let known = known(conn, migrations)?;
    let applied = applied(conn)?.into_iter();
    Ok(applied.filter(|version| !known.iter().any(|known| known.version == *version)).collect())
}

/// The newest version that was applied: what the schema is called.
pub fn newest(conn: &mut AnyConn) -> Result<Option<String>, Error> {
    Ok(applied(conn)?.into_iter().max())
}

struct Known {
    version: String,
    name: String,
}

fn known(conn: &AnyConn, migrations: Migrations) -> Result<Vec<Known>, Error> {
    fn list<DB: diesel::backend::Backend>(source: &'static EmbeddedMigrations) -> Result<Vec<Known>, Error> {
        let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(Error::Backend)?;
        let names = migrations.iter().map(Migration::name);
        Ok(names.map(|name| Known { version: name.version().to_string(), name: name.to_string() }).collect())
    }
    match conn {
        AnyConn::Sqlite(_) => list::<diesel::sqlite::Sqlite>(migrations.sqlite),
        AnyConn::Pg(_) => list::<diesel::pg::Pg>(migrations.postgres),
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

fn applied(conn: &mut AnyConn) -> Result<Vec<String>, Error> {
    let rows: Result<Vec<Applied>, _> = sql_query("SELECT version FROM __diesel_schema_migrations").load(conn);
    match rows {
        Ok(rows) => Ok(rows.into_iter().map(|row| row.version).collect()),
        Err(DieselError::DatabaseError(_, info)) if names_no_table(info.message()) => Ok(Vec::new()),
        Err(e) => Err(e.into()),
    }
}

fn names_no_table(message: &str) -> bool {
    message.contains("no such table") || message.contains("does not exist")
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
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn diesel::migration::Migration<DB>>>> {
        diesel::migration::MigrationSource::<DB>::migrations(self.0)
    }
}
