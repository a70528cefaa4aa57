//! `serve`: listeners, CORS, TLS, the proxies before them and the admin API's keys (contract 1.1, 1.6, 8.2).

use shared_types::{
    http::{
        TrustedProxies,
        cors::CorsOptions,
        keys::ApiKeys,
        server::{ListenOptions, PemSource, TlsOptions},
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
    /// Bearer keys of the admin API; without any, none is asked for.
    pub(crate) admin_api_keys: ApiKeys,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: TrustedProxies,
}

/// One listener.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    pub(crate) listen: ListenOptions,
    /// The Unix socket that is listened on in place of host and port.
    pub(crate) socket: Option<SocketOptions>,
    /// What clients call it, where that is configured.
    pub(crate) base_url: Option<Url>,
    pub(crate) cors: CorsOptions,
    /// Plain HTTP is refused, except from these networks when they say that they took TLS off.
    pub(crate) tls_termination: Option<TrustedProxies>,
    pub(crate) log_health: bool,
}

impl Listener {
    /// The address this listener is reached at from this machine, with the port it got.
    pub(crate) fn own_url(&self, port: u16, https: bool) -> Url {
        let scheme = if https || self.listen.tls.is_some() { "https" } else { "http" };
        let host = match self.listen.host.as_str() {
            "0.0.0.0" | "::" | "[::]" | "" => "127.0.0.1".to_owned(),
            host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
            host => host.to_owned(),
        };
        Url::parse(&format!("{scheme}://{host}:{port}/")).unwrap_or_else(|_| super::loopback())
    }
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Serve {
    let serve = Serve {
        public: listener(r, "public", ("0.0.0.0", 4444)),
        // Loopback unless told otherwise: the admin API can do everything.
        admin: listener(r, "admin", ("127.0.0.1", 4445)),
        admin_api_keys: ApiKeys::new(r.secrets("serve.admin.api_keys", 16..=usize::MAX)),
        trusted_proxies: networks(r, "trusted_proxies"),
    };
    let host = serve.admin.listen.host.trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if !local && !serve.admin_api_keys.demanded() {
        r.warn(
            "serve.admin: the admin API is reached from other machines and asks for no key; set serve.admin.api_keys"
                .to_owned(),
        );
    }
    serve
}

fn listener(r: &Reader<'_>, name: &str, default: (&str, u16)) -> Listener {
    let path = |key: &str| format!("serve.{name}.{key}");
    let host = r.text(&path("host")).unwrap_or_else(|| default.0.to_owned());
    let socket = host.strip_prefix("unix:").map(|file| socket(r, name, file));
    let host = if socket.is_some() { "127.0.0.1".to_owned() } else { host };
    let port = r.number(&path("port"), default.1, 0..=u16::MAX);
    // Hydra's `serve.tls` counts for both listeners; `serve.<listener>.tls` for one.
    let own = path("tls");
    let section = if r.has(&own) { own.as_str() } else { "serve.tls" };
    let tls = tls(r, section);
    if tls.is_some() && socket.is_some() {
        r.problem(section, "cannot be had on a Unix socket");
    }
    let termination = format!("{section}.allow_termination_from");
    // A listener that speaks TLS itself has no plain requests to judge.
    let behind_proxy = tls.is_none() && r.flag(&format!("{section}.enabled"), r.has(section)) && r.has(&termination);
    Listener {
        tls_termination: behind_proxy.then(|| networks(r, &termination)),
        listen: ListenOptions { host, port, tls },
        socket,
        base_url: r.url(&path("base_url")),
        cors: cors(r, &path("cors")),
        log_health: !r.flag(&path("request_log.disable_for_health"), false),
    }
}

fn socket(r: &Reader<'_>, name: &str, file: &str) -> SocketOptions {
    let path = |key: &str| format!("serve.{name}.{key}");
    if !file.starts_with('/') {
        r.problem(&path("host"), "must name the whole path of the socket, as unix:/run/portico/oauth.sock");
    }
    let text = |key: &str| r.text(&path(key)).filter(|text| !text.is_empty());
    SocketOptions {
        path: file.into(),
        owner: text("socket.owner"),
        group: text("socket.group"),
        mode: r.number(&path("socket.mode"), 0o755, 0..=0o777),
    }
}

fn tls(r: &Reader<'_>, section: &str) -> Option<TlsOptions> {
    if !r.flag(&format!("{section}.enabled"), r.has(section)) {
        return None;
    }
    let pem = |part: &str| {
        let file = r.text(&format!("{section}.{part}.path")).map(|file| PemSource::Path(file.into()));
        file.or_else(|| inline(r, &format!("{section}.{part}.base64")).map(PemSource::Inline))
    };
    match (pem("key"), pem("cert")) {
        (Some(key), Some(cert)) => Some(TlsOptions { cert, key }),
        // Only proxies that take TLS off may call: nothing to present to anyone else.
        (None, None) if r.has(&format!("{section}.allow_termination_from")) => None,
        _ => {
            r.problem(section, "needs both a cert and a key, each as path or base64");
            None
        }
    }
}

fn inline(r: &Reader<'_>, path: &str) -> Option<Secret<String>> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = r.text(path)?;
    let plain = STANDARD
        .decode(text.split_whitespace().collect::<String>())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    if plain.is_none() {
        r.problem(path, "must be a PEM text in base64");
    }
    plain.map(Secret::new)
}

fn cors(r: &Reader<'_>, section: &str) -> CorsOptions {
    const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD", "OPTIONS", "TRACE"];
    const HEADERS: &[&str] =
        &["Accept", "Content-Type", "Content-Length", "Accept-Language", "Content-Language", "Authorization"];
    const EXPOSED: &[&str] =
        &["Cache-Control", "Expires", "Last-Modified", "Pragma", "Content-Length", "Content-Language", "Content-Type"];
    let list = |name: &str, default: &[&str]| {
        let found = r.list(&format!("{section}.{name}"));
        if found.is_empty() { default.iter().map(|&text| text.to_owned()).collect() } else { found }
    };
    CorsOptions {
        enabled: r.flag(&format!("{section}.enabled"), false),
        allowed_origins: list("allowed_origins", &[]),
        allowed_methods: list("allowed_methods", METHODS),
        allowed_headers: list("allowed_headers", HEADERS),
        exposed_headers: list("exposed_headers", EXPOSED),
        allow_credentials: r.flag(&format!("{section}.allow_credentials"), true),
        max_age: r.number(&format!("{section}.max_age"), 0, 0..=i64::from(u32::MAX)).try_into().unwrap_or(0),
    }
}

fn networks(r: &Reader<'_>, path: &str) -> TrustedProxies {
    TrustedProxies::parse(&r.list(path)).unwrap_or_else(|text| {
        r.problem(path, format_args!("{text:?} is not an address range such as 10.0.0.0/8"));
        TrustedProxies::default()
    })
}
