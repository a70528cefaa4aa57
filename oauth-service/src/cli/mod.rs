//! The command line: the verbs of Hydra's CLI (contract oauth 8.5). Parses, calls, prints; every rule lives elsewhere.

mod client;
mod client_flags;
mod doctor;
mod import_hydra;
mod janitor;
mod jwk;
mod key_file;
mod migrate;
mod openapi;
mod output;
mod perform;
mod preview;
mod remote;
mod serve;
mod token;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

/// OAuth2 and OpenID Connect, speaking the Ory Hydra API.
#[derive(Debug, Parser)]
#[command(name = "oauth-service", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Configuration file (YAML, JSON or TOML); may be repeated, later files win.
    #[arg(short, long = "config", value_name = "FILE", global = true)]
    pub(crate) config: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(serve::Serve),
    /// Bring the database to this version's schema.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Remove what has expired from the database.
    Janitor(Box<janitor::Janitor>),
    /// Look for what is wrong, and say what to do.
    Doctor(doctor::Doctor),
    /// Print the OpenAPI document.
    Openapi(openapi::OpenApi),
    /// Make an OAuth2 client or a key.
    #[command(subcommand)]
    Create(client::Create),
    /// Show OAuth2 clients by their ids, or the keys of sets.
    #[command(subcommand)]
    Get(client::Get),
    /// List OAuth2 clients.
    #[command(subcommand, visible_alias = "ls")]
    List(client::List),
    /// Replace an OAuth2 client.
    #[command(subcommand)]
    Update(client::Update),
    /// Delete OAuth2 clients, a client's access tokens, or key sets.
    #[command(subcommand)]
    Delete(client::Delete),
    /// Make OAuth2 clients or keys from files, or bring over the database of an Ory Hydra.
    #[command(subcommand)]
    Import(client::Import),
    /// Go through a grant as a client would.
    #[command(subcommand)]
    Perform(perform::Perform),
    /// Ask what a token is worth.
    #[command(subcommand)]
    Introspect(token::Introspect),
    /// Say which tokens a client would get, and why.
    #[command(subcommand)]
    Preview(preview::Preview),
    /// Take a token back.
    #[command(subcommand)]
    Revoke(token::Revoke),
    /// Print the version.
    Version,
}

/// Runs the command the process was started with.
#[expect(clippy::print_stderr, reason = "a failure is told on the terminal, in one line")]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("error: the runtime cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let global = &cli.global;
    match cli.command {
        Command::Serve(command) => serve::run(global, command).await,
        Command::Migrate(command) => migrate::run(global, command).await,
        Command::Janitor(args) => janitor::run(global, *args).await,
        Command::Doctor(args) => Box::pin(doctor::run(global, &args)).await,
        Command::Openapi(args) => openapi::run(&args),
        Command::Create(client::Create::Oauth2Client(args)) => client::create(*args).await,
        Command::Create(client::Create::Jwk(args)) => jwk::create(*args).await,
        Command::Get(client::Get::Oauth2Client(args)) => client::get(args).await,
        Command::Get(client::Get::Jwk(args)) => jwk::get(args).await,
        Command::List(client::List::Oauth2Clients(args)) => client::list(args).await,
        Command::Update(client::Update::Oauth2Client(args)) => client::update(*args).await,
        Command::Delete(client::Delete::Jwk(args)) => jwk::delete(args).await,
        Command::Delete(client::Delete::Oauth2Client(args)) => client::delete(args).await,
        Command::Delete(client::Delete::AccessTokens(args)) => client::delete_tokens(args).await,
        Command::Import(client::Import::Oauth2Client(args)) => client::import(args).await,
        Command::Import(client::Import::Hydra(args)) => Box::pin(import_hydra::run(global, *args)).await,
        Command::Import(client::Import::Jwk(args)) => jwk::import(*args).await,
        Command::Perform(command) => perform::run(command).await,
        Command::Introspect(token::Introspect::Token(args)) => token::introspect(args).await,
        Command::Preview(preview::Preview::Token(args)) => preview::token(args).await,
        Command::Revoke(token::Revoke::Token(args)) => token::revoke(args).await,
        Command::Version => {
            output::line(&format!("Version: {}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
