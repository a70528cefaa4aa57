//! Follows the files of the configuration: what can change while the service runs changes when they do (contract 8.1).

use std::{path::PathBuf, sync::Arc, time::Duration};

use shared_types::config::Problems;
use tokio::sync::watch;

use super::{Cx, Env};
use crate::{
    config::{BoundPorts, Config},
    key::rotate,
};

/// How often the files are looked at. Looking also works where files are replaced behind links, as Kubernetes does it.
const LOOK: Duration = Duration::from_secs(1);

/// How the configuration is read anew, and from which files.
pub struct Source {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Reads files, environment and command line as at the start.
    pub read: Box<dyn Fn() -> Result<Config, Problems> + Send + Sync>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("files", &self.files).finish_non_exhaustive()
    }
}

/// Looks until told to stop. A configuration that cannot be used is named, and the old one stays.
pub(super) async fn follow(source: Source, env: Arc<Env>, ports: BoundPorts, mut stop: watch::Receiver<bool>) {
    let mut seen = fingerprint(&source).await;
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let found = fingerprint(&source).await;
        if found == seen {
            continue;
        }
        seen = found;
        match again(&source, &env, ports) {
            Ok(()) => {
                tracing::info!("the configuration was read anew");
                let cx = Cx::begin(&env, Arc::from("reload"));
                if let Err(error) = rotate::remember_configured(&cx).await {
                    tracing::error!(%error, "it cannot be remembered for how long the keys sign");
                }
            }
            Err(error) => {
                tracing::error!("the changed configuration cannot be used, and the old one stays: {error:#}");
            }
        }
    }
}

fn again(source: &Source, env: &Env, ports: BoundPorts) -> anyhow::Result<()> {
    let present = env.live.now();
    let (config, kept) = (source.read)()?.keeping(&present.config)?;
    let config = config.with_bound_ports(ports)?;
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    if !kept.is_empty() {
        tracing::warn!("{}: changes of these sections count from the next start on", kept.join(", "));
    }
    env.live.put(present.under(config)?);
    Ok(())
}

/// Stands for the content of the files.
async fn fingerprint(source: &Source) -> [u8; 32] {
    let mut hash = openssl::sha::Sha256::new();
    for file in &source.files {
        let content = tokio::fs::read(file).await.unwrap_or_default();
        hash.update(&content.len().to_be_bytes());
        hash.update(&content);
    }
    hash.finish()
}
