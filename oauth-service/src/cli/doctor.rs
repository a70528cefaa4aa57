//! `doctor`: what is wrong with a configuration and what it leads to.

use clap::{Args, ValueEnum};

use super::{Global, output::line};
use crate::doctor;

/// Look for what is wrong: configuration, database, keys, cookies, clients, pages, the other service.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Over the network, ask identity-service, the pages and this service's own address as well.
    #[arg(long)]
    peer: bool,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

/// Runs the command; something wrong is a failure, warnings are none.
pub(super) async fn run(global: &Global, args: &Doctor) -> anyhow::Result<()> {
    let report = doctor::examine(&global.config, std::env::vars(), args.peer).await?;
    match args.format {
        Format::Text => line(&report.text()),
        Format::Json => line(&serde_json::to_string_pretty(&report.json())?),
    }
    anyhow::ensure!(!report.failed(), "something is wrong");
    Ok(())
}
