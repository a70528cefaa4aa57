//! `courier watch`: the mail worker as a process of its own.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use shared_types::http::{server::stop_signal, trace};

use crate::{
    app::{App, Seams},
    config::Config,
};

/// Mails.
#[derive(Debug, Subcommand)]
pub(super) enum Courier {
    /// Send queued mails until told to stop.
    Watch(Watch),
}

/// Arguments of `courier watch`.
#[derive(Debug, Args)]
pub(super) struct Watch {
    /// Show figures for Prometheus at `/metrics/prometheus` on this port of the admin listener's address.
    #[arg(long)]
    expose_metrics_port: Option<u16>,
}

/// Sends what `serve` without `--watch-courier` leaves in the queue.
pub(super) async fn watch(files: &[PathBuf], args: &Watch) -> anyhow::Result<()> {
    let config = Config::load(files, std::env::vars())?;
    let mut guard = trace::init_logging(config.logging())?;
    let figures = args.expose_metrics_port.or(config.courier_figures_port());
    let events = guard.events.take();
    let worked = App::build(config, Seams::default()).await?.watch_courier(stop_signal(), figures, events).await?;
    guard.shut_down();
    if !worked {
        bail!("courier.smtp.connection_uri is not set, nor is another channel: there is nowhere to send messages");
    }
    Ok(())
}
