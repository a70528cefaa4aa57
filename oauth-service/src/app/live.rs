//! What follows the configuration while the service runs. What has begun with the old goes on with it; what begins gets the new, and
//! nobody waits.

use std::sync::{Arc, PoisonError, RwLock};

use shared_types::http::{client::HttpClient, limit::Quotas};

use crate::config::Config;

/// The configuration, and what is made of it.
#[derive(Clone)]
pub(crate) struct Present {
    pub(crate) config: Arc<Config>,
    /// Outgoing HTTP; guarded as configured.
    pub(crate) http: HttpClient,
    pub(crate) limits: Arc<Quotas>,
}

impl Present {
    /// What this configuration makes.
    pub(super) fn of(config: Config) -> anyhow::Result<Self> {
        Ok(Self {
            http: HttpClient::guarded(config.http_guard.clone())?,
            limits: Arc::new(config.rate_limit.quotas()),
            config: Arc::new(config),
        })
    }

    /// The same under another configuration. What a section has made stays as long as the section does: nobody's quota begins anew
    /// because something else was changed.
    pub(super) fn under(&self, config: Config) -> anyhow::Result<Self> {
        let same = |section: &str| self.config.section(section) == config.section(section);
        let http = if same("clients") { self.http.clone() } else { HttpClient::guarded(config.http_guard.clone())? };
        let limits = if same("rate_limit") { Arc::clone(&self.limits) } else { Arc::new(config.rate_limit.quotas()) };
        Ok(Self { config: Arc::new(config), http, limits })
    }
}

/// Where the present is found.
pub(crate) struct Live(RwLock<Present>);

impl Live {
    pub(super) const fn new(present: Present) -> Self {
        Self(RwLock::new(present))
    }

    /// As it is now.
    pub(crate) fn now(&self) -> Present {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn put(&self, present: Present) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = present;
    }
}
