//! `migrate sql [up|status] [-e] [-y] [DSN]` and the older `migrate sql [-e] [-y] [DSN]`.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use shared_types::{
    config,
    db::{Db, DbOptions, Dsn, Error, migrate},
};

use super::{Global, output::line};
use crate::{config::KEYS, store::MIGRATIONS};

/// Database schemas.
#[derive(Debug, Subcommand)]
pub(crate) enum Migrate {
    /// Apply or show the migrations of a database.
    Sql(Sql),
}

/// Migrations of a database.
#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// `up` (the default) or `status`, then the database's DSN unless it comes from the configuration or, with -e, from
    /// the environment.
    #[arg(value_name = "up|status] [DSN", num_args = 0..=2)]
    words: Vec<String>,
    /// Take the DSN from the environment variable DSN, or from the configuration file.
    #[arg(short = 'e', long)]
    read_from_env: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Up,
    Status,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, command: Migrate) -> anyhow::Result<()> {
    let Migrate::Sql(args) = command;
    let (action, dsn) = parse(&args.words)?;
    let dsn = match dsn {
        Some(dsn) => dsn,
        None => configured(global)?,
    };
    let db = Db::open(&Dsn::parse(&dsn)?, DbOptions { pool_size: 1 }).context("cannot open the database")?;
    let pending = db.read(|conn| migrate::pending(conn, MIGRATIONS)).await?;
    if pending.is_empty() {
        line("The schema is up to date.");
        return Ok(());
    }
    for name in &pending {
        line(&format!("pending  {name}"));
    }
    if action == Action::Status {
        return Ok(());
    }
    if !args.yes && !confirmed()? {
        bail!("nothing was changed");
    }
    let applied = db
        .read(|conn| migrate::run(conn, MIGRATIONS))
        .await
        .map_err(|e: Error| anyhow::anyhow!("a migration failed: {e}"))?;
    line(&format!("Applied {} migration(s).", applied.len()));
    Ok(())
}

fn parse(words: &[String]) -> anyhow::Result<(Action, Option<String>)> {
    match words {
        [] => Ok((Action::Up, None)),
        [word] if word == "up" => Ok((Action::Up, None)),
        [word] if word == "status" => Ok((Action::Status, None)),
        [word] if word == "down" => bail!("migrations are not taken back; restore a backup instead"),
        [dsn] => Ok((Action::Up, Some(dsn.clone()))),
        [word, dsn] if word == "up" => Ok((Action::Up, Some(dsn.clone()))),
        [word, dsn] if word == "status" => Ok((Action::Status, Some(dsn.clone()))),
        _ => bail!("expected: migrate sql [up|status] [DSN]"),
    }
}

/// The DSN of the environment or of the configuration files; nothing else of them need be usable.
pub(super) fn configured(global: &Global) -> anyhow::Result<String> {
    let loaded = config::load(&global.config, std::env::vars(), KEYS)?;
    let dsn = loaded.value.get("dsn").and_then(serde_json::Value::as_str);
    dsn.map(str::to_owned)
        .context("no database is named: give a DSN, set DSN with -e, or name a configuration file with -c")
}

fn confirmed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("not asking without a terminal; use --yes to apply the migrations");
    }
    line("Apply these migrations? Type yes:");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "yes"))
}

#[cfg(test)]
mod tests;
