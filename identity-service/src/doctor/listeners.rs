//! Who reaches the listeners, and what they may do there.

use shared_types::doctor::{
    Finding,
    listener::{self, Listener},
    or_fine,
    place::{is_loopback, listens_on_loopback},
};

use super::Patient;
use crate::config;

pub(super) fn facts<'a>(section: &'a str, listener: &'a config::Listener) -> Listener<'a> {
    Listener { section, host: &listener.host, is_socket: listener.socket.is_some(), has_tls: listener.tls.is_some() }
}

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let config = &patient.config;
    let (public, admin) = (&config.serve.public, &config.serve.admin);
    let mut found = listener::admin(facts("serve.admin", admin), config.serve.admin_api_keys.demanded());
    found.extend(listener::development(config.dev, facts("serve.public", public)));
    found.extend(listener::quotas(config.rate_limit.enabled, config.dev));
    let networks = config.trusted_proxies();
    found.extend(listener::proxies(&networks, facts("serve.public", public), &public.base_url));
    let is_reached = public.socket.is_some() || !listens_on_loopback(&public.host);
    if is_reached && is_loopback(&public.base_url) && !config.dev {
        let what = format!("is {}", public.base_url);
        let why = "links in mails and redirects lead every reader to the reader's own machine";
        let fix = "set it to the address browsers use, such as https://id.example.org/";
        found.push(Finding::wrong("serve.public.base_url", what).because(why, fix));
    }
    or_fine(found, "open to those alone who should reach them")
}
