//! Who reaches the listeners, and what they may do there.

use shared_types::doctor::{
    Finding,
    listener::{self, Listener},
    or_fine,
    place::{is_loopback, listens_on_loopback},
};

use super::Patient;
use crate::config;

fn facts<'a>(section: &'a str, listener: &'a config::Listener) -> Listener<'a> {
    Listener {
        section,
        host: &listener.listen.host,
        is_socket: listener.socket.is_some(),
        has_tls: listener.listen.tls.is_some(),
    }
}

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let config = &patient.config;
    let (public, admin) = (&config.serve.public, &config.serve.admin);
    let mut found = listener::admin(facts("serve.admin", admin), config.serve.admin_api_keys.demanded());
    found.extend(listener::development(config.dev, facts("serve.public", public)));
    found.extend(listener::quotas(config.rate_limit.is_on(), config.dev));
    let networks = config.trusted_proxies();
    found.extend(listener::proxies(&networks, facts("serve.public", public), &config.urls.public));
    let is_reached = public.socket.is_some() || !listens_on_loopback(&public.listen.host);
    if is_reached && is_loopback(&config.urls.public) && !config.dev {
        let what = format!("is {}", config.urls.public);
        let why = "discovery and redirects lead every client and browser to its own machine";
        let fix =
            "set urls.self.issuer and urls.self.public to the address they use, such as https://oauth.example.org/";
        found.push(Finding::wrong("urls.self.public", what).because(why, fix));
    }
    or_fine(found, "open to those alone who should reach them")
}
