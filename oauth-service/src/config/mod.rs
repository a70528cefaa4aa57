//! The configuration: Ory's keys and environment names as they are, ours beside them (contract 8).
//!
//! `keys` says of every key whether it is honoured; the section files turn text into values that cannot be wrong, and
//! every problem is reported at once.

mod change;
mod cookies;
mod device;
mod introspection;
mod keys;
mod limits;
mod oauth2;
mod read;
mod registration;
mod rotation;
mod sender;
mod serve;
mod urls;

use std::path::PathBuf;

use serde_json::Value;
use shared_types::{
    config::Problems,
    db::Dsn,
    entropy::{Entropy, random_token},
    http::{
        client::GuardOptions,
        trace::{LogOptions, otlp_endpoint},
    },
    secret::Secret,
};
use url::Url;

pub(crate) use cookies::{Cookies, SameSite};
pub(crate) use device::Device;
pub(crate) use introspection::Introspection;
pub(crate) use keys::KEYS;
pub(crate) use limits::{Database, RateLimit};
pub(crate) use oauth2::{
    AccessClaims, ClientHasher, Hook, HookPlace, JwtProfile, OAuth2, Oidc, ScopeClaim, Strategies, TokenStrategy, Ttl,
};
pub(crate) use registration::Registration;
pub(crate) use rotation::KeyRotation;
pub(crate) use sender::{Profile, Sender};
pub(crate) use serve::{Listener, Serve};
pub(crate) use urls::{Discovery, IdentityProvider, Urls};

/// The checked configuration of one service.
#[derive(Debug, Clone)]
pub struct Config {
    /// The merged text the rest was made from.
    raw: Value,
    warnings: Vec<String>,
    /// For development: an http issuer, cookies without `Secure`.
    pub(crate) dev: bool,
    pub(crate) database: Database,
    pub(crate) auto_migrate: bool,
    pub(crate) serve: Serve,
    pub(crate) urls: Urls,
    pub(crate) identity_provider: Option<IdentityProvider>,
    pub(crate) discovery: Discovery,
    pub(crate) cookies: Cookies,
    pub(crate) strategies: Strategies,
    pub(crate) ttl: Ttl,
    pub(crate) oauth2: OAuth2,
    /// `oauth2.dpop`, `oauth2.mtls`.
    pub(crate) sender: Sender,
    pub(crate) oidc: Oidc,
    pub(crate) device: Device,
    pub(crate) introspection: Introspection,
    /// Clients that register themselves.
    pub(crate) registration: Registration,
    /// `None`: keys stay until an operator changes them.
    pub(crate) key_rotation: Option<KeyRotation>,
    pub(crate) secrets: SecretsConfig,
    pub(crate) rate_limit: RateLimit,
    pub(crate) http_guard: GuardOptions,
    /// `log` and `tracing`.
    pub(crate) log: LogOptions,
}

/// `secrets`, newest first.
#[derive(Debug, Clone)]
pub(crate) struct SecretsConfig {
    pub(crate) system: Vec<Secret<String>>,
    /// `secrets.system` unless set.
    pub(crate) cookie: Vec<Secret<String>>,
    /// `secrets.system` unless set.
    pub(crate) pagination: Vec<Secret<String>>,
}

impl SecretsConfig {
    /// Without any secret, which only an in-memory database allows, a random one serves until the process ends.
    pub(crate) fn complete(&mut self, entropy: &dyn Entropy) {
        if self.system.is_empty() {
            self.system.push(Secret::new(random_token(entropy)));
        }
        for list in [&mut self.cookie, &mut self.pagination] {
            if list.is_empty() {
                list.clone_from(&self.system);
            }
        }
    }
}

/// Ports that were bound in place of port 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundPorts {
    pub(crate) public: u16,
}

impl Config {
    /// Reads files (later ones win) and the environment; beside the configuration what the operator should know.
    pub fn load(
        files: &[PathBuf],
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<(Self, Vec<String>), Problems> {
        let loaded = shared_types::config::load(files, env, keys::KEYS)?;
        let config = Self::parse(loaded.value, None)?;
        let warnings = loaded.warnings.into_iter().chain(config.warnings.iter().cloned()).collect();
        Ok((config, warnings))
    }

    /// The same, with everything that is wrong, whichever look at it shows it.
    pub(crate) fn diagnose(files: &[PathBuf], env: impl Iterator<Item = (String, String)>) -> Result<Self, Problems> {
        let (loaded, mut problems) = shared_types::config::survey(files, env, keys::KEYS);
        match Self::parse(loaded.value, None) {
            Ok(mut config) => {
                config.warnings.splice(0..0, loaded.warnings);
                problems.or(config)
            }
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }

    /// `trusted_proxies` as it is written.
    pub(crate) fn trusted_proxies(&self) -> Vec<String> {
        read::Reader::new(&self.raw).list("trusted_proxies")
    }

    /// Checks a configuration that was made in memory.
    pub fn from_value(raw: Value) -> Result<Self, Problems> {
        Self::parse(shared_types::config::check(raw, keys::KEYS)?.value, None)
    }

    /// The same configuration once listeners are bound: where no URL is configured, the bound port is in it.
    pub(crate) fn with_bound_ports(&self, ports: BoundPorts) -> Result<Self, Problems> {
        let mut config = Self::parse(self.raw.clone(), Some(ports))?;
        config.secrets.clone_from(&self.secrets);
        Ok(config)
    }

    fn parse(raw: Value, bound: Option<BoundPorts>) -> Result<Self, Problems> {
        let r = read::Reader::new(&raw);
        let dev = r.flag("dev", false);
        let database = limits::database(&r);
        let serve = serve::read(&r);
        let urls = urls::read(&r, &serve, bound, dev);
        let strategies = oauth2::strategies(&r);
        let config = Self {
            dev,
            // An embedded in-memory database has no other moment to be migrated in.
            auto_migrate: r.flag("auto_migrate", matches!(database.dsn, Dsn::Memory)),
            secrets: secrets(&r, &database.dsn),
            identity_provider: urls::identity_provider(&r),
            discovery: urls::discovery(&r),
            cookies: cookies::read(&r, &urls, dev),
            ttl: oauth2::ttl(&r),
            oauth2: oauth2::read(&r),
            sender: sender::read(&r),
            oidc: oauth2::oidc(&r, strategies),
            device: device::read(&r),
            introspection: introspection::read(&r),
            registration: registration::read(&r),
            key_rotation: rotation::read(&r),
            rate_limit: limits::rate_limit(&r),
            http_guard: GuardOptions {
                disallow_private_ip_ranges: r.flag("clients.http.disallow_private_ip_ranges", false),
                private_ip_exception_urls: r.list("clients.http.private_ip_exception_urls"),
            },
            log: log(&r),
            strategies,
            database,
            serve,
            urls,
            raw: Value::Null,
            warnings: Vec::new(),
        };
        let (problems, warnings) = r.finish();
        if problems.is_empty() { Ok(Self { raw, warnings, ..config }) } else { Err(Problems(problems)) }
    }
}

/// Reads `secrets`.
fn secrets(r: &read::Reader<'_>, dsn: &Dsn) -> SecretsConfig {
    let or_system = |found: Vec<Secret<String>>, system: &Vec<Secret<String>>| {
        if found.is_empty() { system.clone() } else { found }
    };
    let system = r.secrets("secrets.system", 16..=usize::MAX);
    if system.is_empty() && !matches!(dsn, Dsn::Memory) {
        r.problem("secrets.system", "is required: what is stored is sealed with it (at least 16 characters)");
    }
    SecretsConfig {
        cookie: or_system(r.secrets("secrets.cookie", 16..=usize::MAX), &system),
        pagination: or_system(r.secrets("secrets.pagination", 16..=usize::MAX), &system),
        system,
    }
}

fn log(r: &read::Reader<'_>) -> LogOptions {
    let provider = r.text("tracing.provider");
    if provider.as_deref().is_some_and(|name| name != "otel") {
        r.warn("tracing.provider: only \"otel\" is supported; no spans are exported".to_owned());
    }
    let insecure = r.flag("tracing.providers.otlp.insecure", false);
    let server_url = r.text("tracing.providers.otlp.server_url").filter(|_| provider.as_deref() == Some("otel"));
    LogOptions {
        level: r.text("log.level").unwrap_or_else(|| "info".to_owned()),
        json: r.text("log.format").is_none_or(|format| format.starts_with("json")),
        hands_over_audit: false,
        otlp_endpoint: server_url.map(|url| otlp_endpoint(&url, insecure)),
        service: r.text("tracing.service_name").unwrap_or_else(|| "oauth-service".to_owned()),
    }
}

/// A page below a base URL.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    base.join(path).unwrap_or_else(|_| base.clone())
}

/// What stands in where a listener's own address cannot be written as a URL; the bind error names the real one.
#[expect(clippy::expect_used, reason = "a constant that parses")]
fn loopback() -> Url {
    Url::parse("http://127.0.0.1/").expect("a URL")
}

#[cfg(test)]
mod tests;
