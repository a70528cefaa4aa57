//! Whether the listeners are open to those alone who should reach them.

use url::Url;

use super::{Finding, place::listens_on_loopback};

/// What is known of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// Its section of the configuration.
    pub section: &'a str,
    /// Where it listens.
    pub host: &'a str,
    /// A Unix socket stands in place of host and port.
    pub is_socket: bool,
    /// It speaks TLS itself.
    pub has_tls: bool,
}

impl Listener<'_> {
    fn is_local(&self) -> bool {
        self.is_socket || listens_on_loopback(self.host)
    }
}

/// Whether anybody who reaches the admin API may use it.
pub fn admin(listener: Listener<'_>, demands_keys: bool) -> Vec<Finding> {
    if demands_keys || listener.is_local() {
        return Vec::new();
    }
    let what = format!("listens on {} and asks for no key", listener.host);
    let why = "whoever reaches the port can read and change everything";
    let fix = "set serve.admin.api_keys (and the same key at the peer), or let it listen on 127.0.0.1 or a Unix socket";
    vec![Finding::wrong(listener.section, what).because(why, fix)]
}

/// Whether development's relaxations are open to others.
pub fn development(dev: bool, public: Listener<'_>) -> Vec<Finding> {
    if !dev || public.is_local() {
        return Vec::new();
    }
    let what = format!("development mode, and {} listens on {}", public.section, public.host);
    let why = "plain http, weaker cookies and errors that tell their causes are for this machine alone";
    vec![Finding::wrong("dev", what).because(why, "remove dev, and --dev from the command line")]
}

/// Whether guessing is slowed down.
pub fn quotas(enabled: bool, dev: bool) -> Vec<Finding> {
    if enabled || dev {
        return Vec::new();
    }
    let why = "passwords, codes and client secrets can be tried as fast as the machine answers";
    let fix = "remove rate_limit.enabled: false, unless something in front of the service limits";
    vec![Finding::warning("rate_limit.enabled", "quotas are off").because(why, fix)]
}

/// Whether the addresses of clients are seen, and nobody can make them up.
pub fn proxies(networks: &[String], public: Listener<'_>, base_url: &Url) -> Vec<Finding> {
    let key = "trusted_proxies";
    if let Some(wide) = networks.iter().find(|net| matches!(net.as_str(), "0.0.0.0/0" | "::/0")) {
        let why = "any client chooses the address it is counted under: quotas and logs mean nothing";
        let fix = "name the addresses of your proxies alone";
        return vec![Finding::wrong(key, format!("{wide} trusts everybody")).because(why, fix)];
    }
    let behind_proxy = base_url.scheme() == "https" && !public.has_tls;
    if behind_proxy && networks.is_empty() {
        let what = format!("{} is reached over https through a proxy that is not trusted", public.section);
        let why = "all clients seem to have the proxy's address: one who guesses uses up everybody's quota";
        let fix = "name the proxy's address; 127.0.0.1 for one that comes by a Unix socket";
        return vec![Finding::warning(key, what).because(why, fix)];
    }
    Vec::new()
}
