//! `serve [all]`.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use shared_types::http::{server::stop_signal, trace};

use crate::{
    app::{App, Seams, Source},
    config::Config,
};

/// Run the service until it is told to stop.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one per flag of the command line")]
pub(super) struct Serve {
    /// Accepted for compatibility: both listeners are opened.
    #[arg(value_parser = ["all"])]
    which: Option<String>,
    /// Development: weaker hashing is allowed, errors show their sources.
    #[arg(long)]
    dev: bool,
    /// Send queued mails from this process.
    #[arg(long)]
    watch_courier: bool,
    /// Bring the database to this version's schema first.
    #[arg(long)]
    auto_migrate: bool,
    /// Accepted for compatibility: nothing is ever reported to anyone.
    #[arg(long)]
    sqa_opt_out: bool,
}

/// Starts the service, waits for SIGTERM or Ctrl-C, lets requests under way finish.
pub(super) async fn run(files: &[PathBuf], args: &Serve) -> anyhow::Result<()> {
    let _ = (&args.which, args.sqa_opt_out);
    let flags = [(args.dev, "dev"), (args.watch_courier, "watch-courier"), (args.auto_migrate, "auto_migrate")];
    let files = files.to_vec();
    let named = files.clone();
    let read = move || {
        let mut raw = Config::load_raw(&named, std::env::vars())?;
        for (_, key) in flags.into_iter().filter(|(on, _)| *on) {
            raw = Config::with(raw, key, Value::Bool(true));
        }
        Config::from_value(raw)
    };
    let config = read()?;
    let mut guard = trace::init_logging(config.logging())?;
    let mut running = App::build(config, Seams::default()).await?.start().await?;
    if let Some(events) = guard.events.take() {
        running.report(events);
    }
    running.follow(Source { files, read: Box::new(read) });
    let ended = tokio::select! {
        () = stop_signal() => Ok(()),
        ended = running.wait() => ended,
    };
    tracing::info!("stopping; requests under way are finished first");
    running.stop().await;
    guard.shut_down();
    ended
}
