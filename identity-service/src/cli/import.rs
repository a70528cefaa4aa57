//! `import kratos`: moves in from a database of Ory Kratos.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use shared_types::{db::Dsn, id::Uuid, secret::Secret};

use super::output::line;
use crate::{
    app::{App, Seams},
    config::Config,
    kratos::Options,
    store::kratos::Kratos as Source,
};

/// Arguments of `import kratos`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one per flag of the command line")]
pub(super) struct Kratos {
    /// The database of Kratos, as its `dsn` names it; it is only read.
    #[arg(long, value_name = "DSN", env = "IMPORT_FROM", hide_env_values = true)]
    from: String,
    /// Which network of it, where there are several.
    #[arg(long, value_name = "ID")]
    network: Option<Uuid>,
    /// Write nothing, and report what would be written.
    #[arg(long)]
    dry_run: bool,
    /// Take what is there though it was changed here since an import before.
    #[arg(long)]
    overwrite: bool,
    /// Delete identities that came by an import before and have been deleted there since.
    #[arg(long)]
    remove_gone: bool,
    /// A file with a `secrets.cipher` of Kratos, for the tokens of providers; may be repeated. Those of the configuration are tried,
    /// too.
    #[arg(long, value_name = "FILE")]
    secrets_cipher_file: Vec<PathBuf>,
    /// Rows written in one transaction.
    #[arg(short, long, default_value_t = 250, value_parser = clap::value_parser!(u32).range(1..=1000))]
    batch_size: u32,
    /// How the report is printed.
    #[arg(short, long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, then reasons.
    Human,
    /// JSON on one line.
    Json,
}

/// Runs the command. It can be run again, and stopped at any time.
pub(super) async fn kratos(files: &[PathBuf], args: &Kratos) -> anyhow::Result<()> {
    let config = Config::load(files, std::env::vars())?;
    let dsn = Dsn::parse(&args.from).context("--from")?;
    let mut from = Source::open(&dsn, args.network).context("--from")?;
    let options = Options {
        dry_run: args.dry_run,
        overwrite: args.overwrite,
        remove_gone: args.remove_gone,
        batch: args.batch_size,
        ciphers: args.secrets_cipher_file.iter().map(|file| secret(file)).collect::<anyhow::Result<_>>()?,
    };
    let app = App::build(config, Seams::default()).await?;
    let report = Box::pin(app.import_kratos(&mut from, &options)).await?;
    match args.format {
        Format::Human => report.lines().iter().for_each(|text| line(text)),
        Format::Json => line(&report.to_json().to_string()),
    }
    if report.has_failures() {
        bail!("not everything could be imported; the report says what and why");
    }
    Ok(())
}

/// A secret in a file of its own; the line's end does not belong to it.
fn secret(file: &PathBuf) -> anyhow::Result<Secret<String>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.len() != 32 {
        bail!("{}: a secret of secrets.cipher has 32 bytes", file.display());
    }
    Ok(Secret::new(text.to_owned()))
}
