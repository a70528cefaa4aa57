//! Follows the files of the configuration: what can change while the service runs changes when they do (contract §11).

use std::{path::PathBuf, sync::Arc, time::Duration};

use sha2::{Digest as _, Sha256};
use shared_types::config::Problems;
use tokio::sync::watch;

use super::Env;
use crate::config::{BoundPorts, Config};

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

/// Looks until the task is aborted. A configuration that cannot be used is named, and the old one stays.
pub(super) async fn follow(source: Source, place: watch::Sender<Arc<Env>>, ports: BoundPorts) {
    let first = Arc::clone(&place.borrow());
    let mut seen = fingerprint(&source, &first).await;
    drop(first);
    loop {
        tokio::time::sleep(LOOK).await;
        let present = Arc::clone(&place.borrow());
        let found = fingerprint(&source, &present).await;
        if found == seen {
            continue;
        }
        seen = found;
        match again(&source, &present, ports).await {
            Ok(env) => {
                for warning in env.config.warnings() {
                    tracing::warn!("{warning}");
                }
                place.send_replace(Arc::new(env));
                tracing::info!("the configuration was read anew");
            }
            Err(error) => {
                tracing::error!("the changed configuration cannot be used, and the old one stays: {error:#}");
            }
        }
    }
}

async fn again(source: &Source, present: &Env, ports: BoundPorts) -> anyhow::Result<Env> {
    let config = (source.read)()?.keeping(&present.config)?.with_bound_ports(ports)?;
    present.under(config).await
}

/// Stands for the content of everything that is looked at.
async fn fingerprint(source: &Source, env: &Env) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in source.files.iter().cloned().chain(env.config.local_files()) {
        let content = tokio::fs::read(&file).await.unwrap_or_default();
        hash.update(content.len().to_be_bytes());
        hash.update(content);
    }
    hash.finalize().into()
}
