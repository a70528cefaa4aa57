//! `serve`: listeners, their public names, CORS, proxies and the admin API's keys.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared_types::{
    http::{
        TrustedProxies,
        cors::CorsOptions,
        keys::ApiKeys,
        server::{PemSource, TlsOptions},
        unix::SocketOptions,
    },
    secret::Secret,
};
use url::Url;

use super::read::Reader;

/// Everything below `serve`, and `trusted_proxies`.
#[derive(Debug, Clone)]
pub(crate) struct Serve {
    pub(crate) public: Listener,
    pub(crate) admin: Listener,
    pub(crate) cors: Arc<CorsOptions>,
    /// Bearer keys of the admin API; without any, none is asked for.
    pub(crate) admin_api_keys: ApiKeys,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: TrustedProxies,
}

/// One listener.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What clients call it; links are made from this and never from the Host header.
    pub(crate) base_url: Url,
    /// The text `base_url` was given as: the CSRF cookie's name hashes it verbatim (contract §3.2).
    pub(crate) base_url_text: String,
    pub(crate) tls: Option<TlsOptions>,
    /// The Unix socket that is listened on in place of host and port.
    pub(crate) socket: Option<SocketOptions>,
    pub(crate) log_health: bool,
}

/// Ports that were bound in place of port 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundPorts {
    pub(crate) public: u16,
    pub(crate) admin: u16,
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>, bound: Option<BoundPorts>) -> Serve {
    Serve {
        public: listener(r, "public", ("0.0.0.0", 4433), bound.map(|ports| ports.public)),
        // Loopback unless told otherwise: the admin API can do everything.
        admin: listener(r, "admin", ("127.0.0.1", 4434), bound.map(|ports| ports.admin)),
        cors: Arc::new(cors(r)),
        admin_api_keys: ApiKeys::new(r.secrets("serve.admin.api_keys", 16..=usize::MAX)),
        trusted_proxies: proxies(r),
    }
}

fn listener(r: &Reader<'_>, name: &str, default: (&str, u16), bound: Option<u16>) -> Listener {
    let path = |key: &str| format!("serve.{name}.{key}");
    let host = r.text(&path("host")).unwrap_or_else(|| default.0.to_owned());
    let socket = host.strip_prefix("unix:").map(|file| socket(r, name, file));
    let host = if socket.is_some() { "127.0.0.1".to_owned() } else { host };
    let port = r.number(&path("port"), default.1, 0..=u16::MAX);
    let tls = tls(r, name);
    if tls.is_some() && socket.is_some() {
        r.problem(&path("tls"), "cannot be had on a Unix socket");
    }
    let own = own_url(&host, bound.unwrap_or(port), tls.is_some());
    let given = r.url(&path("base_url"));
    let base_url_text = match (&given, r.text(&path("base_url"))) {
        (Some(_), Some(text)) => text,
        _ => own.as_str().trim_end_matches('/').to_owned(),
    };
    Listener {
        host,
        port,
        base_url: given.map_or(own, with_slash),
        base_url_text,
        tls,
        socket,
        log_health: !r.flag(&path("request_log.disable_for_health"), false),
    }
}

fn socket(r: &Reader<'_>, name: &str, file: &str) -> SocketOptions {
    let path = |key: &str| format!("serve.{name}.{key}");
    if !file.starts_with('/') {
        r.problem(&path("host"), "must name the whole path of the socket, as unix:/run/portico/identity.sock");
    }
    let text = |key: &str| r.text(&path(key)).filter(|text| !text.is_empty());
    SocketOptions {
        path: file.into(),
        owner: text("socket.owner"),
        group: text("socket.group"),
        mode: r.number(&path("socket.mode"), 0o755, 0..=0o777),
    }
}

/// The address a listener without a configured name is reached at from this machine.
fn own_url(host: &str, port: u16, tls: bool) -> Url {
    let scheme = if tls { "https" } else { "http" };
    let host = match host {
        "0.0.0.0" | "::" | "[::]" | "" => "127.0.0.1".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    };
    Url::parse(&format!("{scheme}://{host}:{port}/")).unwrap_or_else(|_| super::loopback())
}

/// Joining paths needs the last slash.
fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn tls(r: &Reader<'_>, name: &str) -> Option<TlsOptions> {
    let path = format!("serve.{name}.tls");
    let pem = |part: &str| {
        let file = r.text(&format!("{path}.{part}.path")).map(|file| PemSource::Path(file.into()));
        file.or_else(|| inline(r, &format!("{path}.{part}.base64")).map(PemSource::Inline))
    };
    match (pem("key"), pem("cert")) {
        (Some(key), Some(cert)) => Some(TlsOptions { key, cert }),
        (None, None) => None,
        _ => {
            r.problem(&path, "needs both a key and a cert");
            None
        }
    }
}

fn inline(r: &Reader<'_>, path: &str) -> Option<Secret<String>> {
    let text = r.text(path)?;
    let packed: String = text.split_whitespace().collect();
    let plain = STANDARD.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if plain.is_none() {
        r.problem(path, "must be a PEM text in base64");
    }
    plain.map(Secret::new)
}

fn cors(r: &Reader<'_>) -> CorsOptions {
    const HEADERS: &[&str] =
        &["Authorization", "Content-Type", "Max-Age", "X-Session-Token", "X-XSRF-TOKEN", "X-CSRF-TOKEN"];
    let list = |name: &str, default: &[&str]| {
        let found = r.list(&format!("serve.public.cors.{name}"));
        if found.is_empty() { default.iter().map(|&text| text.to_owned()).collect() } else { found }
    };
    CorsOptions {
        enabled: r.flag("serve.public.cors.enabled", false),
        allowed_origins: list("allowed_origins", &["*"]),
        allowed_methods: list("allowed_methods", &["POST", "GET", "PUT", "PATCH", "DELETE"]),
        allowed_headers: list("allowed_headers", HEADERS),
        exposed_headers: list("exposed_headers", &["Content-Type"]),
        allow_credentials: r.flag("serve.public.cors.allow_credentials", true),
        max_age: r.number("serve.public.cors.max_age", 0, 0..=i64::from(u32::MAX)).try_into().unwrap_or(0),
    }
}

fn proxies(r: &Reader<'_>) -> TrustedProxies {
    let path = "trusted_proxies";
    TrustedProxies::parse(&r.list(path)).unwrap_or_else(|text| {
        r.problem(path, format_args!("{text:?} is not an address range such as 10.0.0.0/8"));
        TrustedProxies::default()
    })
}
