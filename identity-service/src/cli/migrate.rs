//! `migrate sql [up|status] [-e] [-y] [DSN]` and the older `migrate sql [-e] [-y] [DSN]`; `migrate normalize-phone-numbers`.

use std::{
    io::{BufRead as _, IsTerminal as _},
    path::PathBuf,
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use shared_types::db::{Db, DbOptions, Dsn, Error, migrate};

use super::output::line;
use crate::{config::Config, store::MIGRATIONS};

/// Database schemas.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Apply or show the migrations of a database.
    Sql(Sql),
    /// Rewrite phone numbers that are not stored in E.164 form.
    NormalizePhoneNumbers(super::phones::Phones),
}

/// Migrations of a database.
#[derive(Debug, Args)]
pub(super) struct Sql {
    /// `up` (the default) or `status`, then the database's DSN unless it comes from the environment or the configuration.
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
pub(super) async fn run(files: &[PathBuf], args: &Sql) -> anyhow::Result<()> {
    let (action, dsn) = parse(&args.words)?;
    let dsn = match dsn {
        Some(dsn) => dsn,
        None if args.read_from_env || !files.is_empty() => configured(files)?,
        None => bail!("no database is named: give a DSN, use -e for the environment, or -c for a configuration file"),
    };
    let db = Db::open(&Dsn::parse(&dsn)?, DbOptions { pool_size: 1 }).context("the database cannot be opened")?;
    let pending = db.read(|conn| migrate::pending(conn, MIGRATIONS)).await?;
    for name in &pending {
        line(&format!("pending  {name}"));
    }
    if pending.is_empty() {
        line("The schema is up to date.");
        return Ok(());
    }
    if action == Action::Status {
        return Ok(());
    }
    if !args.yes && !confirmed()? {
        bail!("nothing was changed");
    }
    let applied = db.read(|conn| migrate::run(conn, MIGRATIONS)).await;
    let applied = applied.map_err(|error: Error| anyhow::anyhow!("a migration failed: {error}"))?;
    line(&format!("Applied {} migration(s).", applied.len()));
    Ok(())
}

fn parse(words: &[String]) -> anyhow::Result<(Action, Option<String>)> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["up"] => Ok((Action::Up, None)),
        ["status"] => Ok((Action::Status, None)),
        ["down", ..] => bail!("migrations are not taken back; restore a backup instead"),
        ["up", dsn] | [dsn] => Ok((Action::Up, Some((*dsn).to_owned()))),
        ["status", dsn] => Ok((Action::Status, Some((*dsn).to_owned()))),
        _ => bail!("expected: migrate sql [up|status] [DSN]"),
    }
}

/// The DSN of the environment or of the configuration files; nothing else of them need be usable.
pub(super) fn configured(files: &[PathBuf]) -> anyhow::Result<String> {
    let raw = Config::load_raw(files, std::env::vars())?;
    let dsn = raw.get("dsn").and_then(serde_json::Value::as_str);
    dsn.map(str::to_owned).context("no database is named: set DSN, or `dsn` in the configuration file")
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
