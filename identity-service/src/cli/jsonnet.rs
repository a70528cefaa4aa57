//! `lint jsonnet`, and the hidden `jsonnet`, which the service runs to evaluate snippets.

use clap::{Args, Subcommand};

use super::output;
use crate::jsonnet::{lint, worker};

/// The service as its own evaluator.
#[derive(Debug, Subcommand)]
pub(super) enum Snippets {
    /// Evaluate what standard input asks for, as the service does; of no use on a terminal.
    #[command(hide = true)]
    Jsonnet,
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

/// Names every fault, and fails when there is one.
pub(super) fn lint(command: &Lint) -> anyhow::Result<()> {
    let Lint::Jsonnet(files) = command;
    let (mut looked, mut faults) = (0_usize, 0_usize);
    for pattern in &files.patterns {
        for path in glob::glob(pattern)? {
            let path = path?;
            let text =
                std::fs::read_to_string(&path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            looked += 1;
            for fault in lint::lint(&path.display().to_string(), &text) {
                faults += 1;
                output::line(&fault);
            }
        }
    }
    anyhow::ensure!(looked > 0, "no file matches");
    anyhow::ensure!(faults == 0, "{faults} faults in {looked} files");
    Ok(())
}
