//! `lint jsonnet`, `format jsonnet`, and the hidden `jsonnet`, which the service runs to evaluate snippets.

use clap::Subcommand;

use crate::jsonnet::worker;

/// What is done with snippets of Jsonnet.
#[derive(Debug, Subcommand)]
pub(super) enum Snippets {
    /// Evaluate what standard input asks for, as the service does; of no use on a terminal.
    #[command(hide = true)]
    Jsonnet,
}

/// Runs one of the commands.
pub(super) fn run(command: &Snippets) -> anyhow::Result<()> {
    match command {
        Snippets::Jsonnet => worker::run(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()),
    }
}
