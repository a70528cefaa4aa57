//! `console`: the operators' pages on the admin listener.

use url::Url;

use super::{read::Reader, serve::Serve, session::SessionConfig};
use crate::model::session::Aal;

/// Everything below `console`.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) enabled: bool,
    /// What operators' browsers call it; ends with a slash.
    pub(crate) base_url: Url,
    /// What an identity needs to enter.
    pub(crate) permission: String,
    /// How much a session must have proved.
    pub(crate) required_aal: Aal,
}

/// Reads the section. A console that browsers cannot bring their session to is refused at the start.
pub(super) fn read(r: &Reader<'_>, serve: &Serve, session: &SessionConfig) -> Console {
    let mut base_url = r.url("console.base_url").unwrap_or_else(|| super::below(&serve.admin.base_url, "console/"));
    if !base_url.path().ends_with('/') {
        base_url.set_path(&format!("{}/", base_url.path()));
    }
    let console = Console {
        enabled: r.flag("console.enabled", false),
        base_url,
        permission: permission(r),
        required_aal: required_aal(r),
    };
    if console.enabled {
        check(r, &console.base_url, serve, session);
    }
    console
}

fn permission(r: &Reader<'_>) -> String {
    let path = "console.permission";
    let text = r.text(path).unwrap_or_else(|| "portico:console".to_owned());
    if text.len() > 200 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        r.problem(path, "must be one word of at most 200 bytes");
    }
    text
}

fn required_aal(r: &Reader<'_>) -> Aal {
    let path = "console.required_aal";
    match r.text(path).as_deref() {
        None | Some("aal1") => Aal::Aal1,
        Some("aal2") => Aal::Aal2,
        Some(_) => {
            r.problem(path, "must be \"aal1\" or \"aal2\"");
            Aal::Aal2
        }
    }
}

/// Whether the session cookie of the public side reaches the console.
fn check(r: &Reader<'_>, console: &Url, serve: &Serve, session: &SessionConfig) {
    let path = "console.base_url";
    if !matches!(console.scheme(), "http" | "https") {
        r.problem(path, "must begin with http:// or https://");
    }
    let (public, own) = (host(&serve.public.base_url), host(console));
    let cookie = &session.cookie;
    match cookie.domain.as_deref().map(|domain| domain.trim_start_matches('.')) {
        None if public != own => r.problem(
            path,
            format_args!("browsers do not bring the session cookie of {public} to {own}: set cookies.domain to a domain that covers both"),
        ),
        Some(domain) if !is_within(&own, domain) => {
            r.problem(path, format_args!("browsers do not bring a session cookie of the domain {domain} to {own}"));
        }
        _ => {}
    }
    if cookie.secure && console.scheme() == "http" {
        r.problem(path, "must be https, as the session cookie is Secure");
    }
    if !console.path().starts_with(&cookie.path) {
        r.problem(path, format_args!("is not below {}, the path of the session cookie", cookie.path));
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

fn is_within(host: &str, domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}
