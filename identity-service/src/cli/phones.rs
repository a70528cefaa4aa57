//! `migrate normalize-phone-numbers`: numbers that were stored in another form than E.164 are rewritten (contract §4.2).

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use shared_types::{
    db::{Db, DbOptions, Dsn},
    time::GoDuration,
};

use super::{
    migrate,
    output::{line, tell},
};
use crate::{
    identity::normal,
    store::phones::{self, Place},
};

/// Arguments of the command.
#[derive(Debug, Args)]
pub(super) struct Phones {
    /// The database.
    dsn: Option<String>,
    /// Take the DSN from the environment variable DSN, or from the configuration file.
    #[arg(short = 'e', long)]
    read_from_env: bool,
    /// Rows looked at in one transaction.
    #[arg(short, long, default_value_t = 1000)]
    batch_size: u32,
    /// Only say what would change.
    #[arg(long)]
    dry_run: bool,
    /// A rest after each batch.
    #[arg(long, default_value = "1s")]
    batch_delay: GoDuration,
}

/// Runs the command. It can be run again, and stopped at any time.
pub(super) async fn run(files: &[PathBuf], args: &Phones) -> anyhow::Result<()> {
    let dsn = match &args.dsn {
        Some(dsn) => dsn.clone(),
        None if args.read_from_env || !files.is_empty() => migrate::configured(files)?,
        None => bail!("no database is named: give a DSN, use -e for the environment, or -c for a configuration file"),
    };
    let db = Db::open(&Dsn::parse(&dsn)?, DbOptions { pool_size: 1 }).context("the database cannot be opened")?;
    for place in Place::ALL {
        let (mut looked, mut changed, mut taken) = (0_usize, 0_usize, 0_usize);
        let mut after = String::new();
        loop {
            let (from, size) = (after.clone(), i64::from(args.batch_size.max(1)));
            let values = db.read(move |conn| phones::page(conn, place, &from, size)).await?;
            let Some(last) = values.last() else { break };
            after.clone_from(last);
            looked += values.len();
            let other = |old: &String| normal::phone(old).filter(|new| new != old).map(|new| (old.clone(), new));
            for (old, new) in values.iter().filter_map(other) {
                let dry_run = args.dry_run;
                let written = db.write(move |conn| {
                    if dry_run { phones::is_free(conn, place, &new) } else { phones::rename(conn, place, &old, &new) }
                });
                if written.await? {
                    changed += 1;
                } else {
                    taken += 1;
                }
            }
            tokio::time::sleep(args.batch_delay.std()).await;
        }
        let verb = if args.dry_run { "would be rewritten" } else { "rewritten" };
        line(&format!("{}: {looked} numbers, {changed} {verb}", place.name()));
        if taken > 0 {
            tell(&format!("{}: {taken} numbers stay: somebody else has them in their right form", place.name()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
