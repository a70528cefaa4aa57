//! `janitor`: removes what has expired, by hand. A running service does the same by itself, every minute.

use anyhow::{Context as _, bail};
use clap::Args;
use shared_types::{
    db::{Db, DbOptions, Dsn, migrate},
    time::{Clock as _, GoDuration, SystemClock},
};

use super::{Global, migrate::configured, output::line};
use crate::{
    housekeeping::{self, ByHand, Group},
    store::MIGRATIONS,
};

/// Remove expired rows from the database.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Janitor {
    /// The database's DSN, unless it comes from the configuration or, with -e, from the environment.
    dsn: Option<String>,
    /// Access tokens, refresh tokens, codes and device codes.
    #[arg(long)]
    tokens: bool,
    /// Requests nobody finished, logins that are over, consents nothing depends on.
    #[arg(long)]
    requests: bool,
    /// Issuers whose trust has ended.
    #[arg(long)]
    grants: bool,
    /// Rows removed from one table at most.
    #[arg(long, default_value_t = 10_000)]
    limit: usize,
    /// Rows removed in one transaction.
    #[arg(long, default_value_t = 100)]
    batch_size: usize,
    /// Leave alone what has expired for less than this (30m at least, so that a late second use of a code is still seen).
    #[arg(long, value_name = "DURATION")]
    keep_if_younger: Option<GoDuration>,
    /// Accepted for compatibility: each token knows by itself when it ends.
    #[arg(long, value_name = "DURATION", hide = true)]
    access_lifespan: Option<GoDuration>,
    /// Accepted for compatibility: each token knows by itself when it ends.
    #[arg(long, value_name = "DURATION", hide = true)]
    refresh_lifespan: Option<GoDuration>,
    /// Accepted for compatibility: each request knows by itself when it ends.
    #[arg(long, value_name = "DURATION", hide = true)]
    consent_request_lifespan: Option<GoDuration>,
    /// Take the DSN from the environment variable DSN, or from the configuration file.
    #[arg(short = 'e', long)]
    read_from_env: bool,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, args: Janitor) -> anyhow::Result<()> {
    let wanted = [(args.tokens, Group::Tokens), (args.requests, Group::Requests), (args.grants, Group::Grants)];
    let groups: Vec<Group> = wanted.into_iter().filter(|(on, _)| *on).map(|(_, group)| group).collect();
    if groups.is_empty() {
        bail!("nothing to remove: give at least one of --tokens, --requests and --grants");
    }
    if args.limit == 0 || args.batch_size == 0 {
        bail!("--limit and --batch-size must be above 0");
    }
    let dsn = match args.dsn {
        Some(dsn) => dsn,
        None => configured(global)?,
    };
    let db = Db::open(&Dsn::parse(&dsn)?, DbOptions { pool_size: 1 }).context("cannot open the database")?;
    if !db.read(|conn| migrate::pending(conn, MIGRATIONS)).await?.is_empty() {
        bail!("the database has an older schema: run `oauth-service migrate sql` first");
    }
    let keep = args.keep_if_younger.map(GoDuration::chrono).unwrap_or_default();
    let rules = ByHand { now: SystemClock.now(), keep, limit: args.limit, batch: args.batch_size };
    for (table, removed) in housekeeping::by_hand(&db, &groups, rules).await? {
        line(&format!("{table:20}  {removed}"));
    }
    Ok(())
}
