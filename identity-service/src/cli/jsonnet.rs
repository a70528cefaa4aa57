//! `format jsonnet`, `lint jsonnet`, and the hidden `jsonnet`, which the service runs to evaluate snippets.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::output;
use crate::jsonnet::{format, lint, worker};

/// The service as its own evaluator.
#[derive(Debug, Subcommand)]
pub(super) enum Snippets {
    /// Evaluate what standard input asks for, as the service does; of no use on a terminal.
    #[command(hide = true)]
    Jsonnet,
}

/// Write files the way all are written.
#[derive(Debug, Subcommand)]
pub(super) enum Format {
    /// Print Jsonnet files as they are written: indented, with the same quotes, commas and blanks everywhere.
    Jsonnet(Written),
}

/// Arguments of `format jsonnet`.
#[derive(Debug, Args)]
pub(super) struct Written {
    #[command(flatten)]
    files: Files,
    /// Write them back into their files instead.
    #[arg(short, long)]
    write: bool,
}

/// Look for faults.
#[derive(Debug, Subcommand)]
pub(super) enum Lint {
    /// Look for faults in Jsonnet files: what does not parse, unknown variables, variables nobody uses.
    Jsonnet(Files),
}

/// Some files.
#[derive(Debug, Args)]
pub(super) struct Files {
    /// Files, or patterns such as `config/*.jsonnet`.
    #[arg(required = true)]
    patterns: Vec<String>,
}

/// Runs the evaluator.
pub(super) fn run(command: &Snippets) -> anyhow::Result<()> {
    match command {
        Snippets::Jsonnet => worker::run(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()),
    }
}

impl Files {
    /// All of them, with what they say; that there is none is an error.
    fn read(&self) -> anyhow::Result<Vec<(PathBuf, String)>> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            for path in glob::glob(pattern)? {
                let path = path?;
                let text =
                    std::fs::read_to_string(&path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
                found.push((path, text));
            }
        }
        anyhow::ensure!(!found.is_empty(), "no file matches");
        Ok(found)
    }
}

/// Prints files as they are written, or writes them so. A file that is no Jsonnet stays as it is, and fails the command.
pub(super) fn format(command: &Format) -> anyhow::Result<()> {
    let Format::Jsonnet(written) = command;
    for (path, text) in written.files.read()? {
        let laid = format::format(&path.display().to_string(), &text).map_err(anyhow::Error::msg)?;
        if !written.write {
            output::line(laid.trim_end());
        } else if laid != text {
            std::fs::write(&path, laid).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

/// Names every fault, and fails when there is one.
pub(super) fn lint(command: &Lint) -> anyhow::Result<()> {
    let Lint::Jsonnet(files) = command;
    let files = files.read()?;
    let faults: Vec<String> =
        files.iter().flat_map(|(path, text)| lint::lint(&path.display().to_string(), text)).collect();
    for fault in &faults {
        output::line(fault);
    }
    anyhow::ensure!(faults.is_empty(), "{} faults in {} files", faults.len(), files.len());
    Ok(())
}
