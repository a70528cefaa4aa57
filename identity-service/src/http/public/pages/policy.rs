//! What a page may load, and where its forms may lead (Content Security Policy Level 3).
//!
//! `form-action` deserves a word. Chromium holds every redirect that follows a form against it, to the very end of the
//! chain: our form is answered with a redirect to the OAuth2 provider, that with one to the client, and the client's
//! own server may well redirect once more to a host nobody registered. A list of known hosts would therefore break
//! sign-ins without a word. So any https address is allowed, and any http address while this service itself is reached
//! by http, as in development; besides that only what is known of this request: clients on this device by http, and the
//! private schemes of installed applications (RFC 8252).

use std::collections::BTreeSet;

use actix_web::http::header::HeaderValue;
use serde_json::Value;
use url::{Host, Url};

use crate::{
    config::{Config, Logo, below},
    model::flow::{Flow, FlowKind},
    ui::{
        node::{Attributes, Container},
        page::{ConsentPage, asset},
    },
};

/// Schemes a browser runs or reads instead of visiting.
const NEVER: &[&str] = &["javascript", "data", "blob", "file", "filesystem", "about", "view-source"];

const ANY_HTTP: &str = "http:";

/// The policy of one page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    forms: BTreeSet<String>,
    images: BTreeSet<String>,
    scripts: BTreeSet<String>,
}

impl Policy {
    /// The policy of a page whose forms lead to our own addresses and to the configured ones.
    pub(crate) fn new(config: &Config) -> Self {
        let pages = &config.selfservice;
        let mut policy = Self::default();
        if config.serve.public.base_url.scheme() == "http" {
            policy.forms.insert(ANY_HTTP.to_owned());
        }
        if let Some(Logo::There(url)) = &config.branding.logo {
            policy.images.insert(url.origin().ascii_serialization());
        }
        policy.leads_to(&pages.default_browser_return_url);
        for url in pages.allowed_return_urls.iter().chain(&pages.logout.default_browser_return_url) {
            policy.leads_to(url);
        }
        policy
    }

    /// Besides, the forms of a flow lead to where it ends.
    #[must_use]
    pub(crate) fn for_flow(mut self, flow: &Flow) -> Self {
        let ends = [&flow.data.return_to, &flow.data.after_verification];
        if flow.kind == FlowKind::Settings {
            // The picture an authenticator app reads is part of the form.
            self.images.insert("data:".to_owned());
        }
        for url in ends.into_iter().flatten().filter_map(|text| Url::parse(text).ok()) {
            self.leads_to(&url);
        }
        match &flow.data.oauth2 {
            Some(oauth2) => self.for_client(&oauth2.request.request_url, &oauth2.request.client),
            None => self,
        }
    }

    /// Besides, the scripts that ask authenticators are loaded, each from its own address.
    #[must_use]
    pub(crate) fn for_form(mut self, config: &Config, form: &Container) -> Self {
        let ceremonies = form.nodes.iter().filter_map(|node| match &node.attributes {
            Attributes::Script(script) => Url::parse(&script.src).ok(),
            _ => None,
        });
        for url in ceremonies {
            let buttons = below(&config.serve.public.base_url, &format!("assets/{}", asset::SCRIPT.name));
            // Sources cannot name IPv6 addresses.
            let named = !matches!(url.host(), Some(Host::Ipv6(_)));
            self.scripts.extend([url, buttons].iter().filter(|_| named).map(|url| url.as_str().to_owned()));
            self.scripts.extend((!named).then(|| "'self'".to_owned()));
        }
        self
    }

    /// Besides, forms lead through the provider back to an OAuth2 client.
    #[must_use]
    pub(crate) fn for_client(mut self, request_url: &str, client: &Value) -> Self {
        let Ok(request) = Url::parse(request_url) else { return self };
        self.leads_to(&request);
        let asked = |name: &str| {
            let value = request.query_pairs().find(|(key, _)| key == name)?.1;
            Url::parse(&value).ok()
        };
        if let Some(url) = asked("redirect_uri").or_else(|| asked("post_logout_redirect_uri")) {
            // Loopback clients choose their port at will (RFC 8252 §7.3): the request says which.
            self.leads_to(&url);
        }
        for list in ["redirect_uris", "post_logout_redirect_uris"] {
            let urls = client.get(list).and_then(Value::as_array).into_iter().flatten();
            for url in urls.filter_map(|url| Url::parse(url.as_str()?).ok()) {
                self.leads_to(&url);
            }
        }
        self
    }

    /// Besides, the page shows a client's logo.
    #[must_use]
    pub(crate) fn for_consent(mut self, page: &ConsentPage) -> Self {
        self.images.extend(page.logo_origin());
        self
    }

    fn leads_to(&mut self, url: &Url) {
        let source = match (url.scheme(), url.host()) {
            ("https", _) => return,
            ("http", _) if self.forms.contains(ANY_HTTP) => return,
            // Sources cannot name IPv6 addresses.
            ("http", Some(Host::Ipv6(_))) => ANY_HTTP.to_owned(),
            ("http", _) => url.origin().ascii_serialization(),
            (scheme, _) if NEVER.contains(&scheme) => return,
            (scheme, _) => format!("{scheme}:"),
        };
        self.forms.insert(source);
    }

    /// The header. Its parts are made of parsed URLs, so that it always can be one; otherwise nothing is allowed.
    pub(crate) fn header(&self) -> HeaderValue {
        let listed = |sources: &BTreeSet<String>| sources.iter().fold(String::new(), |all, source| all + " " + source);
        let (forms, images) = (listed(&self.forms), listed(&self.images));
        let scripts =
            if self.scripts.is_empty() { String::new() } else { format!("script-src{}; ", listed(&self.scripts)) };
        let text = format!(
            "default-src 'none'; {scripts}style-src 'self'; img-src 'self'{images}; form-action 'self' https:{forms}; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    }
}

#[cfg(test)]
mod tests;
