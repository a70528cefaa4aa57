//! `doctor`: what is wrong with a configuration and what it leads to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::line;
use crate::doctor;

/// Look for what is wrong: configuration, database, secrets, cookies, addresses, mail, the other service.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Over the network, ask oauth-service and this service's own address as well.
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
pub(super) async fn run(files: &[PathBuf], args: &Doctor) -> anyhow::Result<()> {
    let report = doctor::examine(files, std::env::vars(), args.peer).await?;
    match args.format {
        Format::Text => line(&report.text()),
        Format::Json => line(&serde_json::to_string_pretty(&report.json())?),
    }
    anyhow::ensure!(!report.failed(), "something is wrong");
    Ok(())
}
