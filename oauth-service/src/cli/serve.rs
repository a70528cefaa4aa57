//! `serve all|public|admin`.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use shared_types::{
    entropy::SystemEntropy,
    http::{server::stop_signal, trace},
    time::SystemClock,
};

use super::Global;
use crate::{
    app::{App, Listeners, Seams, Source},
    config::Config,
};

/// Run the service until it is told to stop.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Which listeners to open.
    #[arg(value_enum, default_value = "all")]
    which: Which,
    /// Development: an http issuer is allowed, cookies need no https.
    #[arg(long)]
    dev: bool,
    /// Bring the database to this version's schema first.
    #[arg(long)]
    auto_migrate: bool,
    /// Accepted for compatibility: nothing is ever reported to anyone.
    #[arg(long)]
    sqa_opt_out: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    All,
    Public,
    Admin,
}

/// Starts the service, waits for SIGTERM or Ctrl-C, lets requests under way finish.
pub(crate) async fn run(global: &Global, args: Serve) -> anyhow::Result<()> {
    let _ = args.sqa_opt_out;
    let flags = [(args.dev, "DEV"), (args.auto_migrate, "AUTO_MIGRATE")];
    let files = global.config.clone();
    let named = files.clone();
    let read = move || {
        let flags = flags.into_iter().filter(|(on, _)| *on).map(|(_, name)| (name.to_owned(), "true".to_owned()));
        Config::load(&named, std::env::vars().chain(flags))
    };
    let (config, warnings) = read()?;
    let guard = trace::init_logging(&config.log)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let seams = Seams { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) };
    let listeners = match args.which {
        Which::All => Listeners::All,
        Which::Public => Listeners::Public,
        Which::Admin => Listeners::Admin,
    };
    let mut running = App::build(config, seams).await?.listen(listeners).start().await?;
    running.follow(Source { files, read: Box::new(move || read().map(|(config, _)| config)) });
    stop_signal().await;
    tracing::info!("stopping; requests under way are finished first");
    running.stop().await;
    guard.shut_down();
    Ok(())
}
