//! One connection type for both engines.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::{Connection as _, PgConnection, SqliteConnection, connection::SimpleConnection as _};

use super::{dsn::Dsn, error::Error};
use crate::time::Time;

/// A connection to either engine. Queries written against it run on both; the few constructs diesel cannot express
/// through it go through [`each_backend!`](crate::each_backend).
#[derive(diesel::MultiConnection)]
pub enum AnyConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl std::fmt::Debug for AnyConn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pg(_) => "AnyConn::Pg",
            Self::Sqlite(_) => "AnyConn::Sqlite",
        })
    }
}

/// Expands an expression once per engine, with the connection of that engine: for `on_conflict`, multi-row inserts,
/// `for_update` and `returning(as_returning())`, which do not type-check through [`AnyConn`](crate::db::AnyConn).
#[macro_export]
macro_rules! each_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::AnyConn::Pg($c) => $body,
            $crate::db::AnyConn::Sqlite($c) => $body,
        }
    };
}

/// How long a SQLite statement waits for another process's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens one connection and sets it up.
pub(crate) fn connect(dsn: &Dsn) -> Result<AnyConn, Error> {
    match dsn {
        Dsn::Sqlite(path) => sqlite(&path.to_string_lossy()),
        Dsn::Memory => sqlite(":memory:"),
        Dsn::Postgres(url) => {
            let mut conn =
                PgConnection::establish(&with_time_limit(url.expose())).map_err(|e| Error::Backend(Box::new(e)))?;
            conn.batch_execute("SET TIME ZONE 'UTC'").map_err(Error::from)?;
            Ok(AnyConn::Pg(conn))
        }
    }
}

/// A server that does not answer must not hold a thread for minutes.
pub(super) fn with_time_limit(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    format!("{url}{}connect_timeout=5", if url.contains('?') { '&' } else { '?' })
}

fn sqlite(path: &str) -> Result<AnyConn, Error> {
    let mut conn = SqliteConnection::establish(path).map_err(|e| Error::Backend(Box::new(e)))?;
    // busy_timeout first: switching to WAL takes a lock itself.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;",
        BUSY_TIMEOUT.as_millis()
    ))
    .map_err(Error::from)?;
    Ok(AnyConn::Sqlite(conn))
}

/// An instant as a `Timestamp` column has it.
pub fn stamp(time: Time) -> NaiveDateTime {
    crate::time::micros(time).naive_utc()
}

/// A `Timestamp` column as an instant.
pub fn unstamp(column: NaiveDateTime) -> Time {
    column.and_utc()
}
