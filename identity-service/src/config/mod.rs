//! The configuration: Ory's keys and environment names as they are, ours beside them (contract §11).
//!
//! `keys` says of every key whether it is honoured; the section files turn text into values that cannot be wrong, and
//! every problem is reported at once.

mod authenticators;
mod branding;
mod console;
mod courier;
mod hashers;
mod hooks;
mod i18n;
mod identity;
mod keys;
mod limits;
mod methods;
mod oauth2;
mod oidc;
mod read;
mod request;
mod secrets;
mod selfservice;
mod serve;
mod session;
mod tokenizer;
mod web_hook;

use std::{path::PathBuf, time::Duration};

use serde_json::Value;
use shared_types::{
    config::Problems,
    db::Dsn,
    http::{
        client::GuardOptions,
        trace::{LogOptions, otlp_endpoint},
    },
};
use url::Url;

pub(crate) use authenticators::{Attachment, Attestation, RelyingParty, ResidentKey, SHORT_PATIENCE, Verification};
pub(crate) use branding::{Branding, Logo};
pub(crate) use console::Console;
pub(crate) use courier::{Courier, OwnText, Smtp, SmtpSecurity};
pub(crate) use hashers::{
    Argon2, HashAlgorithm, Hashers, MAX_ARGON2_ITERATIONS, MAX_ARGON2_MEMORY_KIB, MAX_ARGON2_PARALLELISM,
};
pub(crate) use hooks::{After, Hook, Recipients};
pub(crate) use i18n::I18n;
pub(crate) use identity::{BUILT_IN, IdentityConfig, SchemaSource};
pub(crate) use keys::KEYS;
pub(crate) use limits::{Cleanup, RateLimit};
pub(crate) use methods::PasswordMethod;
pub(crate) use oauth2::{ClaimRule, OAuth2};
pub(crate) use oidc::{AppleKey, ClaimsSource, OidcMethod, Pkce, Provider, ProviderKind, SubjectFrom};
pub(crate) use read::bytes;
pub(crate) use request::{Authentication, Request};
pub(crate) use secrets::{Secrets, SecretsConfig};
pub(crate) use selfservice::{Delivery, SelfService};
pub(crate) use serve::{BoundPorts, Listener, Serve};
pub(crate) use session::{CookieAttributes, SameSite, SessionConfig};
pub(crate) use tokenizer::{SubjectSource, TokenizerTemplate};
pub(crate) use web_hook::WebHook;

/// The checked configuration of one service.
#[derive(Debug, Clone)]
pub struct Config {
    /// The merged text the rest was made from, for `/health/config`.
    raw: Value,
    warnings: Vec<String>,
    /// For development: weaker hashing, more in answers.
    pub(crate) dev: bool,
    pub(crate) dsn: Dsn,
    pub(crate) pool_size: usize,
    pub(crate) auto_migrate: bool,
    pub(crate) serve: Serve,
    pub(crate) selfservice: SelfService,
    /// What pages are called and look like.
    pub(crate) branding: Branding,
    /// Where the templates are that an operator has for pages.
    pub(crate) page_templates: Option<PathBuf>,
    pub(crate) identity: IdentityConfig,
    pub(crate) i18n: I18n,
    pub(crate) session: SessionConfig,
    /// Cookies other than the session's.
    pub(crate) cookies: CookieAttributes,
    pub(crate) secrets: SecretsConfig,
    pub(crate) courier: Courier,
    /// The operators' pages.
    pub(crate) console: Console,
    pub(crate) oauth2: OAuth2,
    pub(crate) rate_limit: RateLimit,
    pub(crate) hashers: Hashers,
    pub(crate) cleanup: Cleanup,
    pub(crate) http_guard: GuardOptions,
    /// The headers of requests that web hooks are told of.
    pub(crate) web_hook_headers: Vec<String>,
    /// How long security events are kept; not at all when it is zero.
    pub(crate) audit_retention: Duration,
    /// Who is told of security events.
    pub(crate) audit_web_hook: Option<Request>,
    /// `log` and `tracing`.
    pub(crate) log: LogOptions,
    /// What `/health/config` answers, when set.
    pub(crate) revision: Option<String>,
}

impl Config {
    /// Reads files (later ones win) and the environment.
    pub fn load(files: &[PathBuf], env: impl Iterator<Item = (String, String)>) -> Result<Self, Problems> {
        Self::from_value(Self::load_raw(files, env)?)
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

    /// Files and environment merged, with every key known; values are not looked at yet.
    pub fn load_raw(files: &[PathBuf], env: impl Iterator<Item = (String, String)>) -> Result<Value, Problems> {
        shared_types::config::load(files, env, keys::KEYS).map(|loaded| loaded.value)
    }

    /// `hashers` alone, for commands that need nothing else.
    pub(crate) fn hashers_of(raw: &Value) -> Result<Hashers, Problems> {
        let r = read::Reader::new(raw);
        let hashers = hashers::read(&r, r.flag("dev", false));
        let (problems, _) = r.finish();
        Problems(problems).or(hashers)
    }

    /// Checks a configuration that was made in memory.
    pub fn from_value(raw: Value) -> Result<Self, Problems> {
        let loaded = shared_types::config::check(raw, keys::KEYS)?;
        let mut config = Self::parse(loaded.value, None)?;
        config.warnings.splice(0..0, loaded.warnings);
        Ok(config)
    }

    /// The same configuration once listeners are bound: where no base URL is configured, the bound port is in it.
    pub(crate) fn with_bound_ports(&self, ports: BoundPorts) -> Result<Self, Problems> {
        let mut config = Self::parse(self.raw.clone(), Some(ports))?;
        config.warnings.clone_from(&self.warnings);
        Ok(config)
    }

    /// The same configuration with one more key set, as the command line does.
    pub fn with(mut raw: Value, key: &str, value: Value) -> Value {
        if let Value::Object(map) = &mut raw {
            map.insert(key.to_owned(), value);
        }
        raw
    }

    /// The same configuration for a service that runs under `old`: what cannot change while it runs stays.
    pub(crate) fn keeping(self, old: &Self) -> Result<Self, Problems> {
        let (mut raw, mut kept) = (self.raw.clone(), Vec::new());
        let cors = raw.pointer("/serve/public/cors").cloned();
        let Some(map) = raw.as_object_mut() else { return Ok(self) };
        for section in FIXED {
            let wanted = match old.raw.get(section) {
                Some(value) => map.insert(section.to_owned(), value.clone()),
                None => map.shift_remove(section),
            };
            if wanted.as_ref() != old.raw.get(section) {
                kept.push(section);
            }
        }
        if let (Some(public), Some(cors)) = (raw.pointer_mut("/serve/public").and_then(Value::as_object_mut), cors) {
            public.insert("cors".to_owned(), cors);
        }
        let mut config = Self::parse(raw, None)?;
        config.warnings.clone_from(&self.warnings);
        if !kept.is_empty() {
            config
                .warnings
                .push(format!("{}: changes of these sections count from the next start on", kept.join(", ")));
        }
        Ok(config)
    }

    /// The files it names, whose content is a part of it.
    pub(crate) fn local_files(&self) -> Vec<PathBuf> {
        let schemas = self.identity.schemas.iter().map(|schema| schema.url.clone());
        let tokenizers = self.session.tokenizers.iter();
        let tokenizers =
            tokenizers.flat_map(|t| [Some(t.jwks_url.expose().clone()), t.claims_mapper_url.clone()]).flatten();
        let snippets = self.snippets().into_iter().map(|(_, url)| url);
        let local = |url: String| Url::parse(&url).ok().and_then(|url| url.to_file_path().ok());
        let texts = self.courier.templates.iter().filter(|text| !text.is_inline).map(|text| text.value.clone());
        let named = schemas.chain(tokenizers).chain(snippets).chain(texts).filter_map(local);
        let named = named.chain(self.courier.override_files()).chain(self.i18n.files().unwrap_or_default());
        named.chain(self.branding.files()).chain(self.page_template_files()).collect()
    }

    /// The templates in the folder, as far as it can be read.
    fn page_template_files(&self) -> Vec<PathBuf> {
        let folder = self.page_templates.iter().filter_map(|folder| std::fs::read_dir(folder).ok());
        let files = folder.flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let mut files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "gotmpl")).collect();
        files.sort_unstable();
        files
    }

    /// What the operator should know: keys that are accepted and do nothing yet, weak settings.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How the process logs.
    pub const fn logging(&self) -> &LogOptions {
        &self.log
    }

    /// The merged text this was made from.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// Where in the configuration Jsonnet is named, and by which URL.
    pub(crate) fn snippets(&self) -> Vec<(String, String)> {
        let body =
            |hook: &std::sync::Arc<WebHook>| Some((format!("{}.config.body", hook.path), hook.request.body.clone()?));
        let gateway = |(name, request): (&str, &Request)| {
            Some((format!("courier: the body of the request for {name}"), request.body.clone()?))
        };
        let migration = self.selfservice.methods.password.migrate_hook.as_ref().and_then(|hook| hook.body.clone());
        let path = "selfservice.methods.password.config.migrate_hook.config.body".to_owned();
        let hooks = self.selfservice.web_hooks().filter_map(body);
        let mapper = |provider: &std::sync::Arc<Provider>| {
            (format!("{}.mapper_url", provider.path), provider.mapper_url.clone())
        };
        let oidc = &self.selfservice.methods.oidc;
        let mappers = oidc.providers.iter().filter(|_| oidc.enabled).map(mapper);
        let migration = migration.map(|url| (path, url));
        hooks.chain(self.courier.gateways().filter_map(gateway)).chain(migration).chain(mappers).collect()
    }

    /// `trusted_proxies` as it is written.
    pub(crate) fn trusted_proxies(&self) -> Vec<String> {
        read::Reader::new(&self.raw).list("trusted_proxies")
    }

    /// The port on which a mail worker of its own shows figures.
    pub(crate) const fn courier_figures_port(&self) -> Option<u16> {
        self.courier.figures_port
    }

    /// Whether other systems are told of requests.
    pub(crate) fn tells_of_requests(&self) -> bool {
        self.selfservice.web_hooks().next().is_some() || self.courier.gateways().next().is_some()
    }

    fn parse(raw: Value, bound: Option<BoundPorts>) -> Result<Self, Problems> {
        let r = read::Reader::new(&raw);
        let dev = r.flag("dev", false);
        let dsn = dsn(&r);
        let serve = serve::read(&r, bound);
        let cookies = session::cookies(&r, &serve.public.base_url);
        let session = session::read(&r, &cookies);
        let console = console::read(&r, &serve, &session);
        let config = Self {
            dev,
            pool_size: r.number("database.pool_size", 8_i64, 1..=1000).try_into().unwrap_or(8),
            // An embedded in-memory database has no other moment to be migrated in.
            auto_migrate: r.flag("auto_migrate", matches!(dsn, Some(Dsn::Memory))),
            dsn: dsn.unwrap_or(Dsn::Memory),
            selfservice: selfservice::read(&r, &serve.public.base_url, &console),
            branding: branding::read(&r),
            page_templates: r.text("pages.templates_folder").map(PathBuf::from),
            identity: identity::read(&r),
            session,
            console,
            i18n: i18n::read(&r),
            cookies,
            secrets: secrets::read(&r),
            courier: courier::read(&r),
            oauth2: oauth2::read(&r),
            rate_limit: limits::rate_limit(&r),
            hashers: hashers::read(&r, dev),
            cleanup: limits::cleanup(&r),
            http_guard: GuardOptions {
                disallow_private_ip_ranges: r.flag("clients.http.disallow_private_ip_ranges", false),
                private_ip_exception_urls: r.list("clients.http.private_ip_exception_urls"),
            },
            web_hook_headers: web_hook_headers(&r),
            audit_retention: r.duration("audit.retention", Duration::from_hours(720)),
            audit_web_hook: if r.has(AUDIT) { request::read(&r, AUDIT) } else { None },
            log: log(&r),
            revision: r.text("revision"),
            serve,
            raw: Value::Null,
            warnings: Vec::new(),
        };
        let (problems, warnings) = r.finish();
        if problems.is_empty() { Ok(Self { raw, warnings, ..config }) } else { Err(Problems(problems)) }
    }
}

/// Where the system stands that is told of security events.
const AUDIT: &str = "audit.web_hook";

/// Sections that count from the start of a service to its end; of `serve`, CORS may change.
const FIXED: [&str; 7] = ["dsn", "serve", "log", "tracing", "trusted_proxies", "database", "auto_migrate"];

/// What may be told of by default: nothing in it is a key.
const WEB_HOOK_HEADERS: [&str; 17] = [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Length",
    "Content-Type",
    "Origin",
    "Priority",
    "Referer",
    "Sec-Ch-Ua",
    "Sec-Ch-Ua-Mobile",
    "Sec-Ch-Ua-Platform",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Site",
    "Sec-Fetch-User",
    "True-Client-Ip",
    "User-Agent",
];

fn web_hook_headers(r: &read::Reader<'_>) -> Vec<String> {
    let path = "clients.web_hook.header_allowlist";
    if r.has(path) { r.list(path) } else { WEB_HOOK_HEADERS.map(str::to_owned).to_vec() }
}

fn dsn(r: &read::Reader<'_>) -> Option<Dsn> {
    let Some(text) = r.text("dsn") else {
        if !r.has("dsn") {
            r.problem("dsn", "is required, e.g. sqlite:///var/lib/portico/identity.sqlite or postgres://..");
        }
        return None;
    };
    match Dsn::parse(&text) {
        Ok(dsn) => Some(dsn),
        Err(error) => {
            r.problem("dsn", error);
            None
        }
    }
}

fn log(r: &read::Reader<'_>) -> LogOptions {
    if r.flag("log.leak_sensitive_values", false) {
        r.warn("log.leak_sensitive_values: accepted and ignored: secrets are never logged".to_owned());
    }
    let provider = r.text("tracing.provider");
    if provider.as_deref().is_some_and(|name| name != "otel") {
        r.warn("tracing.provider: only \"otel\" is supported; no spans are exported".to_owned());
    }
    let insecure = r.flag("tracing.providers.otlp.insecure", false);
    let server_url = r.text("tracing.providers.otlp.server_url").filter(|_| provider.as_deref() == Some("otel"));
    LogOptions {
        level: r.text("log.level").unwrap_or_else(|| "info".to_owned()),
        json: r.text("log.format").is_none_or(|format| format == "json"),
        // Whether they are kept can change while the service runs.
        hands_over_audit: true,
        otlp_endpoint: server_url.map(|url| otlp_endpoint(&url, insecure)),
        service: r.text("tracing.service_name").unwrap_or_else(|| "identity-service".to_owned()),
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
