//! Whether the database answers, has this version's schema, keeps what it was told, and agrees about the time.

use std::time::Instant;

use super::{Finding, clock};
use crate::{
    db::{Db, DbOptions, Dsn, Inspection, inspect, migrate},
    time::Time,
};

/// A round trip that takes longer is felt in every request.
const SLOW_MILLIS: u128 = 20;

/// What of a database is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The program, as commands name it.
    pub service: &'a str,
    /// The database.
    pub dsn: &'a Dsn,
    /// How many connections the service will open.
    pub pool_size: usize,
    /// The schema.
    pub migrations: migrate::Migrations,
    /// Whether the service migrates by itself when it starts.
    pub auto_migrate: bool,
}

/// Opens the database, or says why it cannot be opened. A SQLite file that is not there is not made.
pub fn open(wanted: Wanted<'_>) -> Result<Db, Finding> {
    let why = "the service does not start without its database";
    if let Dsn::Sqlite(path) = wanted.dsn
        && !path.exists()
    {
        let what = format!("{} does not exist", path.display());
        let fix = format!("correct the path, or make it: {} migrate sql -e --yes", wanted.service);
        return Err(Finding::wrong("dsn", what).because(why, fix));
    }
    Db::open(wanted.dsn, DbOptions { pool_size: 1 }).map_err(|error| {
        let mut what = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            what = format!("{what}: {}", inner.to_string().trim());
            source = inner.source();
        }
        let fix = "see that the server runs and can be reached from here, that the database exists, and user and password are right";
        Finding::wrong("dsn", format!("cannot be opened: {what}")).because(why, fix)
    })
}

/// What an open database shows. `now`: reads this machine's clock.
pub async fn check(wanted: Wanted<'_>, db: &Db, now: impl Fn() -> Time) -> Vec<Finding> {
    let mut found = schema(wanted, db).await;
    if matches!(wanted.dsn, Dsn::Memory) {
        let why = "everything is gone when the service stops";
        found.push(Finding::warning("dsn", "the database is in memory").because(why, "name a file or a server"));
    }
    let started = Instant::now();
    let seen = db.read(inspect).await;
    let (took, now) = (started.elapsed().as_millis(), now());
    match seen {
        Ok(seen) => {
            found.extend(settings(&seen, wanted.pool_size));
            if let Some(other) = seen.now {
                found.push(clock::compare(now, other, "the database's"));
            }
            found.push(latency(&seen, took));
        }
        Err(error) => found.push(Finding::warning("dsn", format!("its settings cannot be read: {error}"))),
    }
    found
}

async fn schema(wanted: Wanted<'_>, db: &Db) -> Vec<Finding> {
    let migrations = wanted.migrations;
    let looked = db.read(move |conn| {
        let pending = migrate::pending(conn, migrations)?;
        Ok::<_, crate::db::Error>((pending, migrate::unknown(conn, migrations)?))
    });
    match looked.await {
        Ok((pending, unknown)) if pending.is_empty() && unknown.is_empty() => {
            vec![Finding::fine("the schema is this version's")]
        }
        Ok((_, unknown)) if !unknown.is_empty() => {
            let what = format!("the schema is a newer version's ({} unknown migrations)", unknown.len());
            let why = "the service does not start: it would not know what it writes into";
            let fix = "run that newer version, or restore a backup of before";
            vec![Finding::wrong("dsn", what).because(why, fix)]
        }
        Ok((pending, _)) => {
            let what = format!("the schema is {} migrations behind", pending.len());
            let fix = format!("{} migrate sql -e --yes, after a backup", wanted.service);
            let why = "the service does not start before they are applied";
            let finding = if wanted.auto_migrate {
                Finding::warning("dsn", what).because("they are applied at the next start (auto_migrate)", fix)
            } else {
                Finding::wrong("dsn", what).because(why, fix)
            };
            vec![finding]
        }
        Err(error) => vec![Finding::wrong("dsn", format!("the schema cannot be read: {error}"))],
    }
}

/// What its settings mean for what it has confirmed. Pure.
pub fn settings(seen: &Inspection, pool_size: usize) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, value) in &seen.settings {
        let why = match (name.as_str(), value.as_str()) {
            ("fsync" | "full_page_writes", "off") => "a crash of the server can destroy the database",
            ("synchronous_commit", "off") => {
                "what was confirmed is lost when the server crashes: sessions, spent codes, changes"
            }
            ("synchronous", "0" | "1") => "what was confirmed can be lost when the machine crashes",
            ("journal_mode", mode) if mode != "wal" && mode != "memory" => {
                "readers and the writer wait for each other; it happens on file systems of a network, where SQLite is not safe"
            }
            _ => continue,
        };
        let what = format!("{name} is {value}");
        found.push(
            Finding::warning("dsn", what)
                .because(why, format!("change {name} of the database, or put the file on a disk of this machine")),
        );
    }
    if seen.is_replica {
        let why = "nothing can be written to it: every sign-in fails";
        found.push(Finding::wrong("dsn", "the server is a replica").because(why, "name the primary server"));
    }
    if let Some(most) = seen.max_connections.filter(|most| i64::try_from(pool_size).unwrap_or(i64::MAX) + 3 > *most) {
        let what = format!("{pool_size} connections are wanted, and the server allows {most}");
        let why = "requests fail while other programs hold connections";
        found.push(
            Finding::warning("database.pool_size", what)
                .because(why, "lower it, or raise max_connections of the server"),
        );
    }
    found
}

fn latency(seen: &Inspection, millis: u128) -> Finding {
    if millis > SLOW_MILLIS && seen.now.is_some() {
        let what = format!("a question takes {millis} ms");
        let why = "each request asks several times";
        return Finding::warning("dsn", what).because(why, "run the service near its database");
    }
    Finding::fine(format!("{} answers quickly", seen.engine))
}
