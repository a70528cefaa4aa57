//! What a database says of itself: who it is, how it writes, what time it is there.

use diesel::{
    QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use super::{conn::AnyConn, error::Error};
use crate::time::Time;

/// What there is to know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inspection {
    /// Name and version.
    pub engine: String,
    /// Its clock, where it has one of its own.
    pub now: Option<Time>,
    /// Settings that decide about what survives a crash.
    pub settings: Vec<(String, String)>,
    /// Whether it only follows another server.
    pub is_replica: bool,
    /// How many connections it takes at most, where it says so.
    pub max_connections: Option<i64>,
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Nullable<Text>)]
    fsync: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    full_page_writes: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    synchronous_commit: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    max_connections: Option<String>,
    #[diesel(sql_type = Bool)]
    replica: bool,
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

#[derive(QueryableByName)]
struct File {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    journal_mode: String,
    #[diesel(sql_type = BigInt)]
    synchronous: i64,
}

/// Asks. Only reads.
pub fn inspect(conn: &mut AnyConn) -> Result<Inspection, Error> {
    match conn {
        AnyConn::Pg(conn) => {
            let server: Server = sql_query(
                "SELECT current_setting('server_version') AS version, current_setting('fsync', true) AS fsync, \
                 current_setting('full_page_writes', true) AS full_page_writes, \
                 current_setting('synchronous_commit', true) AS synchronous_commit, \
                 current_setting('max_connections', true) AS max_connections, pg_is_in_recovery() AS replica, \
                 (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis",
            )
            .get_result(conn)?;
            let settings = [
                ("fsync", server.fsync),
                ("full_page_writes", server.full_page_writes),
                ("synchronous_commit", server.synchronous_commit),
            ];
            Ok(Inspection {
                engine: format!("PostgreSQL {}", server.version.split(' ').next().unwrap_or_default()),
                now: Time::from_timestamp_millis(server.millis),
                settings: settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
                is_replica: server.replica,
                max_connections: server.max_connections.and_then(|text| text.parse().ok()),
            })
        }
        AnyConn::Sqlite(conn) => {
            let file: File = sql_query(
                "SELECT sqlite_version() AS version, (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode, \
                 (SELECT synchronous FROM pragma_synchronous) AS synchronous",
            )
            .get_result(conn)?;
            Ok(Inspection {
                engine: format!("SQLite {}", file.version),
                settings: vec![
                    ("journal_mode".to_owned(), file.journal_mode),
                    ("synchronous".to_owned(), file.synchronous.to_string()),
                ],
                ..Inspection::default()
            })
        }
    }
}
