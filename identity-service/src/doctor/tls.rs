//! Certificates of the listeners.

use shared_types::doctor::{Finding, or_fine, tls};

use super::Patient;
use crate::config::Listener;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let serve = &patient.config.serve;
    let speaks = serve.public.tls.is_some() || serve.admin.tls.is_some();
    if !speaks {
        return Vec::new();
    }
    let mut found = listener(patient, "serve.public", &serve.public);
    found.extend(listener(patient, "serve.admin", &serve.admin));
    or_fine(found, "certificates and keys are in order")
}

fn listener(patient: &Patient, section: &str, listener: &Listener) -> Vec<Finding> {
    let Some(options) = &listener.tls else { return Vec::new() };
    let mut found = tls::check(&format!("{section}.tls"), options, &[&listener.base_url], patient.now());
    if listener.base_url.scheme() == "http" {
        let what = format!("is {}, and the listener speaks TLS", listener.base_url);
        let why = "links and redirects lead to plain http, where nobody answers";
        let fix = "let it begin with https";
        found.push(Finding::wrong(format!("{section}.base_url"), what).because(why, fix));
    }
    found
}
