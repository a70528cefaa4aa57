//! `remote status` and `remote version`: how a running service is.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    output::{Format, columns, print},
    remote::{self, Remote},
};

/// Ask a running service.
#[derive(Debug, Subcommand)]
pub(super) enum RemoteCommand {
    /// Whether it is alive and ready.
    Status(Ask),
    /// Which version it is.
    Version(Ask),
}

/// Whom to ask.
#[derive(Debug, Args)]
pub(super) struct Ask {
    #[command(flatten)]
    remote: Remote,
}

/// Runs the command; a service that is not ready is a failure.
pub(super) async fn run(command: &RemoteCommand) -> anyhow::Result<()> {
    match command {
        RemoteCommand::Status(ask) => {
            let ok = |reply: anyhow::Result<_>| match reply {
                Ok(reply) => remote::json(&reply).is_ok_and(|body| body.get("status") == Some(&Value::from("ok"))),
                Err(_) => false,
            };
            let alive = ok(ask.remote.read(&["health", "alive"], &[]).await);
            let ready = ok(ask.remote.read(&["health", "ready"], &[]).await);
            show(ask.remote.format, &["ALIVE", "READY"], &json!({ "alive": alive, "ready": ready }))?;
            anyhow::ensure!(alive && ready, "the service is not ready");
            Ok(())
        }
        RemoteCommand::Version(ask) => {
            let version = remote::json(&ask.remote.read(&["version"], &[]).await?)?;
            show(ask.remote.format, &["VERSION"], &version)
        }
    }
}

/// A flat object: its values in a row, or as it is.
fn show(format: Format, header: &[&str], body: &Value) -> anyhow::Result<()> {
    if format != Format::Table {
        return print(format, body);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = body.as_object().map(|map| map.values().map(text).collect()).unwrap_or_default();
    columns(header, &[row]);
    Ok(())
}
