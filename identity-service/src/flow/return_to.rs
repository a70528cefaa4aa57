//! Where a browser may be sent at the end of a flow (contract §3.6).
//!
//! Addresses are compared as parsed URLs against an exact allow-list; a text that cannot be parsed, or that carries
//! credentials, is never allowed. Nothing here looks at the Host header.

use url::Url;

/// A `return_to` that is not on the allow-list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the return_to address is not allowed")]
pub(crate) struct Forbidden;

/// What may be returned to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed<'a> {
    /// `selfservice.default_browser_return_url`: allowed itself, and the base of relative addresses.
    pub(crate) default: &'a Url,
    /// `selfservice.allowed_return_urls`.
    pub(crate) listed: &'a [Url],
    /// The public base URL, below which the self-service endpoints live.
    pub(crate) public: &'a Url,
}

impl Allowed<'_> {
    /// The address as a URL, if it is allowed.
    pub(crate) fn check(&self, candidate: &str) -> Result<Url, Forbidden> {
        // Browsers drop these characters, and take a backslash for a slash, before they parse.
        if candidate.chars().any(|c| c.is_control() || c == '\\') || candidate.trim() != candidate {
            return Err(Forbidden);
        }
        let url = Url::options().base_url(Some(self.default)).parse(candidate).map_err(|_| Forbidden)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden);
        }
        let own = self.public.join("self-service").ok();
        let mut entries = self.listed.iter().chain([self.default]).chain(own.as_ref());
        if entries.any(|entry| covers(entry, &url)) { Ok(url) } else { Err(Forbidden) }
    }
}

/// Whether an entry of the list allows a URL: same scheme, same port, same or covered host, and the entry's path as
/// a prefix.
fn covers(entry: &Url, url: &Url) -> bool {
    entry.scheme() == url.scheme()
        && entry.port_or_known_default() == url.port_or_known_default()
        && covers_host(entry.host_str().unwrap_or_default(), url.host_str().unwrap_or_default())
        && entry.cannot_be_a_base() == url.cannot_be_a_base()
        && covers_path(entry.path(), url.path())
}

/// `*.example.org` covers the names below it, and not itself. A wildcard over a single label, as in `*.org`,
/// covers nothing: everybody can register names there.
fn covers_host(entry: &str, host: &str) -> bool {
    let Some(suffix) = entry.strip_prefix("*.").or_else(|| entry.strip_prefix("%2A.")) else {
        return entry.eq_ignore_ascii_case(host);
    };
    let bounded = suffix.split('.').filter(|label| !label.is_empty()).count() >= 2;
    let below = host
        .len()
        .checked_sub(suffix.len() + 1)
        .and_then(|at| host.get(at..))
        .and_then(|end| end.strip_prefix('.'))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix));
    bounded && below && host.len() > suffix.len() + 1
}

/// `/app` covers `/app` and what begins with it; custom schemes may have no path at all.
fn covers_path(entry: &str, path: &str) -> bool {
    path.starts_with(entry)
}

#[cfg(test)]
mod tests;
