//! Certificates of the listeners.

use shared_types::doctor::{Finding, or_fine, tls};

use super::Patient;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let (serve, urls) = (&patient.config.serve, &patient.config.urls);
    if serve.public.listen.tls.is_none() && serve.admin.listen.tls.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some(options) = &serve.public.listen.tls {
        found.extend(tls::check("serve.public.tls", options, &[&urls.public], patient.now()));
        if urls.public.scheme() == "http" {
            let what = format!("is {}, and the listener speaks TLS", urls.public);
            let why = "discovery and redirects lead to plain http, where nobody answers";
            found.push(Finding::wrong("urls.self.public", what).because(why, "let it begin with https"));
        }
    }
    if let Some(options) = &serve.admin.listen.tls {
        found.extend(tls::check("serve.admin.tls", options, &[], patient.now()));
    }
    or_fine(found, "certificates and keys are in order")
}
