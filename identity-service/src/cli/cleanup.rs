//! `cleanup sql`: what the service removes by itself, removed at once.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use shared_types::{
    db::{Db, DbOptions, Dsn},
    time::{Clock as _, GoDuration, SystemClock},
};

use super::{migrate, output::line};
use crate::housekeeping::{self, Kept, Pace};

/// Remove what is not needed any more.
#[derive(Debug, Subcommand)]
pub(super) enum Cleanup {
    /// Remove expired sessions, flows and what hangs on them from the database.
    Sql(Sql),
}

/// Arguments of `cleanup sql`.
#[derive(Debug, Args)]
pub(super) struct Sql {
    /// The database; from the environment or the configuration when it is left out.
    dsn: Option<String>,
    /// Accepted for compatibility: a DSN that is not named is taken from the environment or the configuration anyway.
    #[arg(short = 'e', long)]
    read_from_env: bool,
    /// Rows that expired less than this ago stay.
    #[arg(long, default_value = "0s")]
    keep_last: GoDuration,
    /// Messages that were sent or given up less than this ago stay; 0s keeps them all.
    #[arg(long, default_value = "720h")]
    keep_messages: GoDuration,
    /// Security events from less than this ago stay.
    #[arg(long, default_value = "720h")]
    keep_events: GoDuration,
    /// Rows removed in one transaction.
    #[arg(short, long = "database.cleanup.batch_size", alias = "batch-size", default_value_t = 100)]
    batch_size: u32,
    /// A rest after each table.
    #[arg(long = "database.cleanup.sleep.tables", default_value = "1m")]
    sleep_tables: GoDuration,
}

/// Runs the command.
pub(super) async fn run(files: &[PathBuf], args: &Sql) -> anyhow::Result<()> {
    let _ = args.read_from_env;
    let dsn = args.dsn.clone().map_or_else(|| migrate::configured(files), Ok)?;
    let db = Db::open(&Dsn::parse(&dsn)?, DbOptions { pool_size: 1 }).context("the database cannot be opened")?;
    let pace = Pace { batch: i64::from(args.batch_size.max(1)), rest: args.sleep_tables.std() };
    let kept =
        Kept { expired: args.keep_last.std(), messages: args.keep_messages.std(), events: args.keep_events.std() };
    let count = housekeeping::sweep(&db, SystemClock.now(), kept, pace).await?;
    line(&format!("Removed {count} expired rows."));
    Ok(())
}
