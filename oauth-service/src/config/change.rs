//! What of a configuration can change while the service runs.

use serde_json::Value;
use shared_types::config::Problems;

use super::Config;

/// Sections that count from the next start on: listeners and databases are opened once, and what is stored is sealed with the secrets.
const FIXED: [&str; 9] =
    ["dsn", "serve", "secrets", "log", "tracing", "database", "auto_migrate", "trusted_proxies", "dev"];

impl Config {
    /// A section as it was written.
    pub(crate) fn section(&self, name: &str) -> Option<&Value> {
        self.raw.get(name)
    }

    /// What the operator should know.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The same configuration for a service that runs under `old`: what cannot change while it runs stays, and is named.
    pub(crate) fn keeping(self, old: &Self) -> Result<(Self, Vec<&'static str>), Problems> {
        let (mut raw, mut kept) = (self.raw, Vec::new());
        if let Value::Object(members) = &mut raw {
            for section in FIXED {
                let wanted = match old.section(section) {
                    Some(value) => members.insert(section.to_owned(), value.clone()),
                    None => members.remove(section),
                };
                if wanted.as_ref() != old.section(section) {
                    kept.push(section);
                }
            }
        }
        let mut config = Self::parse(raw, None)?;
        config.secrets.clone_from(&old.secrets);
        Ok((config, kept))
    }
}
