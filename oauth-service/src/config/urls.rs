//! `urls` and `webfinger`: what this server calls itself, and where browsers are sent (contract 1.2, 6.1, 8.2).

use url::Url;

use super::{BoundPorts, read::Reader, serve::Serve};

/// Names of this server and of the pages around it.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    /// `iss`, byte for byte as configured.
    pub(crate) issuer: String,
    /// What this server's public endpoints are reached at; ends in a slash.
    pub(crate) public: Url,
    pub(crate) login: Url,
    pub(crate) registration: Url,
    pub(crate) consent: Url,
    pub(crate) logout: Url,
    pub(crate) device_verification: Url,
    pub(crate) device_success: Url,
    pub(crate) error: Url,
    pub(crate) post_logout_redirect: Url,
}

impl Urls {
    /// Whether browsers reach this server by https.
    pub(crate) fn is_https(&self) -> bool {
        self.issuer.starts_with("https:")
    }
}

/// The identity provider's admin API, which ends sessions there.
#[derive(Debug, Clone)]
pub(crate) struct IdentityProvider {
    /// Ends in a slash.
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
}

/// What discovery says beside what this server knows of itself.
#[derive(Debug, Clone)]
pub(crate) struct Discovery {
    pub(crate) jwks_url: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) auth_url: Option<String>,
    pub(crate) device_authorization_url: Option<String>,
    pub(crate) client_registration_url: Option<String>,
    pub(crate) userinfo_url: Option<String>,
    pub(crate) supported_claims: Vec<String>,
    pub(crate) supported_scope: Vec<String>,
    /// Key sets that are published beside this server's own.
    pub(crate) broadcast_keys: Vec<String>,
}

/// Reads `urls`.
pub(super) fn read(r: &Reader<'_>, serve: &Serve, bound: Option<BoundPorts>, dev: bool) -> Urls {
    let port = bound.map_or(serve.public.listen.port, |ports| ports.public);
    let own = serve.public.base_url.clone().unwrap_or_else(|| serve.public.own_url(port, !dev));
    let issuer_url = r.url("urls.self.issuer");
    let issuer = match (&issuer_url, r.text("urls.self.issuer")) {
        (Some(_), Some(text)) => text,
        _ => own.as_str().to_owned(),
    };
    // RFC 8414 2: the issuer is https, without query and fragment.
    match Url::parse(&issuer) {
        Ok(url) if url.scheme() != "https" && !dev => {
            r.problem("urls.self.issuer", "must use https; plain http is for development (dev: true, or --dev)");
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            r.problem("urls.self.issuer", "must have neither query nor fragment");
        }
        _ => {}
    }
    let public = with_slash(r.url("urls.self.public").or(issuer_url).unwrap_or(own));
    let page = |path: &str, fallback: &str| r.url(path).unwrap_or_else(|| super::below(&public, fallback));
    let login = page("urls.login", "oauth2/fallbacks/login");
    Urls {
        registration: r.url("urls.registration").unwrap_or_else(|| login.clone()),
        consent: page("urls.consent", "oauth2/fallbacks/consent"),
        logout: page("urls.logout", "oauth2/fallbacks/logout"),
        device_verification: page("urls.device.verification", "oauth2/fallbacks/device"),
        device_success: page("urls.device.success", "oauth2/fallbacks/device/done"),
        error: page("urls.error", "oauth2/fallbacks/error"),
        post_logout_redirect: page("urls.post_logout_redirect", "oauth2/fallbacks/logout/callback"),
        login,
        issuer,
        public,
    }
}

/// Reads `urls.identity_provider`.
pub(super) fn identity_provider(r: &Reader<'_>) -> Option<IdentityProvider> {
    let url = with_slash(r.url("urls.identity_provider.url")?);
    Some(IdentityProvider { url, headers: r.text_map("urls.identity_provider.headers") })
}

/// Reads `webfinger`.
pub(super) fn discovery(r: &Reader<'_>) -> Discovery {
    let url = |name: &str| {
        let path = format!("webfinger.oidc_discovery.{name}");
        r.url(&path).and_then(|_| r.text(&path))
    };
    Discovery {
        jwks_url: url("jwks_url"),
        token_url: url("token_url"),
        auth_url: url("auth_url"),
        device_authorization_url: url("device_authorization_url"),
        client_registration_url: url("client_registration_url"),
        userinfo_url: url("userinfo_url"),
        supported_claims: r.list("webfinger.oidc_discovery.supported_claims"),
        supported_scope: r.list("webfinger.oidc_discovery.supported_scope"),
        broadcast_keys: r.list("webfinger.jwks.broadcast_keys"),
    }
}

/// Joining paths needs the last slash.
fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}
