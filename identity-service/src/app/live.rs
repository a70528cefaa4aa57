//! The environment as it is now. When the configuration changes another one takes its place: what has begun with the old
//! one ends with it, what begins gets the new one, and nobody waits.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;

use super::Env;
use crate::config::Config;

/// Where the present environment is found. Cloning shares the place.
#[derive(Clone)]
pub(crate) struct Live(watch::Receiver<Arc<Env>>);

impl Live {
    /// A place that others look into; the sender puts things there.
    pub(super) fn place(env: Env) -> (watch::Sender<Arc<Env>>, Self) {
        let (put, take) = watch::channel(Arc::new(env));
        (put, Self(take))
    }

    /// The environment as it is now.
    pub(crate) fn now(&self) -> Arc<Env> {
        Arc::clone(&self.0.borrow())
    }

    /// The environment as it is now; the next call of `changed` waits for another.
    pub(super) fn latest(&mut self) -> Arc<Env> {
        Arc::clone(&self.0.borrow_and_update())
    }

    /// Waits until there is another environment than the latest.
    pub(super) async fn changed(&mut self) {
        // Whoever put environments here has gone: there will be no other.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Runs a task with the environment as it is, and begins it anew whenever that changes. The task can be cut short
    /// wherever it waits.
    pub(super) async fn each<F: Future<Output = ()>>(mut self, task: impl Fn(Arc<Env>) -> F) {
        loop {
            let env = self.latest();
            tokio::select! {
                () = task(env) => return,
                () = self.changed() => {}
            }
        }
    }
}

impl Env {
    /// The same service under another configuration. What a section has made stays as long as the section does.
    pub(super) async fn under(&self, config: Config) -> anyhow::Result<Self> {
        let same = |section: &str| self.config.raw().get(section) == config.raw().get(section);
        let mut env = self.clone();
        if !same("clients") {
            env.http = super::outgoing(&config)?;
        }
        if !same("secrets") {
            env.secrets = Arc::new(config.secrets.keys(&*self.entropy));
            env.sessions = super::Sessions::new(&self.db, &env.secrets.digester);
        }
        if !same("rate_limit") {
            env.limits = Arc::new(super::Limits::new(&config.rate_limit));
        }
        if !same("hashers") {
            env.hasher = super::hasher(&config, &self.entropy)?;
        }
        let read = super::Read::of(&config, &env.http, self.clock.now()).await?;
        Ok(Self {
            schemas: Arc::new(read.schemas),
            tokenizers: Arc::new(read.tokenizers),
            snippets: Arc::new(read.snippets),
            directory: Arc::new(super::Directory::new(&config.selfservice.methods.oidc)),
            wordings: Arc::new(read.wordings),
            own_pages: Arc::new(read.own_pages),
            catalogues: Arc::new(read.catalogues),
            config: Arc::new(config),
            ..env
        })
    }
}
