//! The command line: the verbs of Kratos' CLI (contract §11.2). Parses, calls, prints; every rule lives elsewhere.

mod cleanup;
mod courier;
mod doctor;
mod hashers;
mod identities;
mod import;
mod jsonnet;
mod migrate;
mod openapi;
mod output;
mod phones;
mod remote;
mod serve;
mod status;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;

/// Users, sessions and self-service flows, speaking the Ory Kratos API.
#[derive(Debug, Parser)]
#[command(name = "identity-service", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Configuration file (YAML, JSON or TOML); may be repeated, later files win.
    #[arg(short, long = "config", value_name = "FILE", global = true)]
    config: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(serve::Serve),
    /// Bring the database to this version's schema.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// The mail worker.
    #[command(subcommand)]
    Courier(courier::Courier),
    /// Look for what is wrong, and say what to do.
    Doctor(doctor::Doctor),
    /// What password hashing costs.
    #[command(subcommand)]
    Hashers(hashers::Hashers),
    /// Remove expired rows.
    #[command(subcommand)]
    Cleanup(cleanup::Cleanup),
    /// Import, show, list, change, delete or check identities.
    #[command(subcommand, visible_alias = "identity")]
    Identities(identities::Identities),
    /// Make identities from files, or move in from Kratos.
    #[command(subcommand)]
    Import(identities::Import),
    /// Show identities by their ids.
    #[command(subcommand)]
    Get(identities::Get),
    /// List identities.
    #[command(subcommand, visible_alias = "ls")]
    List(identities::List),
    /// Change an identity.
    #[command(subcommand)]
    Patch(identities::Patch),
    /// Delete identities.
    #[command(subcommand)]
    Delete(identities::Delete),
    /// Look whether files could be imported.
    #[command(subcommand)]
    Validate(identities::Validate),
    /// Ask a running service how it is.
    #[command(subcommand)]
    Remote(status::RemoteCommand),
    /// Write files the way all are written.
    #[command(subcommand)]
    Format(jsonnet::Format),
    /// Look for faults.
    #[command(subcommand)]
    Lint(jsonnet::Lint),
    #[command(flatten)]
    Snippets(jsonnet::Snippets),
    /// Print the OpenAPI document of the HTTP API.
    Openapi(openapi::OpenApi),
    /// Print the version.
    Version,
}

/// Runs the command the process was started with.
#[expect(clippy::print_stderr, reason = "a failure is told on the terminal, in one line")]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut runtime = match cli.command {
        // A process that evaluates limits itself, and has no other threads.
        Command::Snippets(_) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    let runtime = match runtime.worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(command) => Box::pin(serve::run(&cli.global.config, &command)).await,
        Command::Migrate(migrate::Migrate::Sql(command)) => migrate::run(&cli.global.config, &command).await,
        Command::Migrate(migrate::Migrate::NormalizePhoneNumbers(command)) => {
            phones::run(&cli.global.config, &command).await
        }
        Command::Cleanup(cleanup::Cleanup::Sql(command)) => cleanup::run(&cli.global.config, &command).await,
        Command::Identities(command) => identities::run(&command).await,
        Command::Courier(courier::Courier::Watch(command)) => {
            Box::pin(courier::watch(&cli.global.config, &command)).await
        }
        Command::Doctor(command) => Box::pin(doctor::run(&cli.global.config, &command)).await,
        Command::Hashers(command) => hashers::run(&cli.global.config, &command).await,
        Command::Import(identities::Import::Identities(command)) => identities::import(&command).await,
        Command::Import(identities::Import::Kratos(command)) => {
            Box::pin(import::kratos(&cli.global.config, &command)).await
        }
        Command::Get(identities::Get::Identity(command)) => identities::get(&command).await,
        Command::List(identities::List::Identities(command)) => identities::list(&command).await,
        Command::Patch(identities::Patch::Identity(command)) => identities::patch(&command).await,
        Command::Delete(identities::Delete::Identity(command)) => identities::delete(&command).await,
        Command::Validate(identities::Validate::Identity(command)) => identities::validate(&command).await,
        Command::Remote(command) => status::run(&command).await,
        Command::Format(command) => jsonnet::format(&command),
        Command::Lint(command) => jsonnet::lint(&command),
        Command::Snippets(command) => jsonnet::run(&command),
        Command::Openapi(command) => openapi::run(&command),
        Command::Version => {
            output::line(&format!("Version: v{}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
