//! Addresses of the configuration, and how they stand to one another.

use url::{Host, Url};

/// An address, and the key that names it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The key.
    pub key: &'a str,
    /// The address.
    pub url: &'a Url,
}

impl Place<'_> {
    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// The host as it stands in URLs.
pub fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// Whether only this machine is reached by that host.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether a listener on this host is reached from this machine alone.
pub fn listens_on_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a cookie of this domain comes to that host (RFC 6265, 5.1.3).
pub fn covers(domain: &str, host: &str) -> bool {
    let (domain, host) = (domain.trim_start_matches('.').to_ascii_lowercase(), host.to_ascii_lowercase());
    let below = || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.')) && !is_ip(&host);
    host == domain || below()
}

/// Whether that is an address and no name.
pub fn is_ip(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

/// What browsers count as one site, near enough: the last two labels of a name, three below a short second level as in
/// `co.uk`. Without the list of public suffixes it is a guess, and only warnings rest on it.
pub fn site(host: &str) -> String {
    if is_ip(host) {
        return host.to_owned();
    }
    let labels: Vec<&str> = host.split('.').collect();
    let short = matches!(labels.as_slice(), [_, .., second, top] if top.len() == 2 && second.len() <= 3);
    let count = if short { 3 } else { 2 };
    let from = labels.len().saturating_sub(count);
    labels.get(from..).unwrap_or_default().join(".").to_ascii_lowercase()
}

/// Whether browsers take two addresses for one site; since schemes count, https and http are two.
pub fn same_site(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && site(host(a)) == site(host(b))
}
