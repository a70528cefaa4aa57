//! Where browsers are sent: pages, and what `return_to` may name.

use shared_types::doctor::{
    Finding, Place, or_fine,
    place::{host, is_loopback, same_site},
};
use url::Url;

use super::Patient;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let flows = &patient.config.selfservice;
    let home = patient.home();
    let mut found: Vec<Finding> = patient.pages().into_iter().filter_map(|page| judge_page(home, page)).collect();
    let default = Place { key: "selfservice.default_browser_return_url", url: &flows.default_browser_return_url };
    found.extend(judge_page(home, default));
    let known: Vec<&Url> = patient.pages().iter().map(|page| page.url).chain([home.url, default.url]).collect();
    found.extend(flows.allowed_return_urls.iter().filter_map(|url| judge_return(home, &known, url)));
    or_fine(found, "pages and return addresses can be reached by browsers")
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// An address every visitor is sent to.
pub(super) fn judge_page(home: Place<'_>, page: Place<'_>) -> Option<Finding> {
    if !is_web(page.url) || is_loopback(home.url) {
        return None;
    }
    if is_loopback(page.url) {
        let what = format!("leads to {}", page.origin());
        let why = "visitors are sent to their own machine, where nobody answers";
        return Some(Finding::wrong(page.key, what).because(why, "set the address browsers use"));
    }
    if page.url.scheme() == "http" && home.url.scheme() == "https" {
        let what = format!("is plain http ({})", page.origin());
        let why = "forms with passwords are shown by a page that anybody on the way can change";
        return Some(Finding::wrong(page.key, what).because(why, "serve it over https"));
    }
    None
}

/// An address `return_to` may name.
pub(super) fn judge_return(home: Place<'_>, known: &[&Url], url: &Url) -> Option<Finding> {
    const KEY: &str = "selfservice.allowed_return_urls";
    if !is_web(url) || is_loopback(home.url) {
        return None;
    }
    if is_loopback(url) {
        let why = "it is left over from development: any program on a visitor's machine may listen there";
        return Some(Finding::warning(KEY, format!("{url} is the visitor's own machine")).because(why, "remove it"));
    }
    if url.scheme() == "http" {
        let why = "browsers are sent on over a connection that anybody on the way can change";
        return Some(Finding::warning(KEY, format!("{url} is plain http")).because(why, "serve that page over https"));
    }
    let suffix = host(url).strip_prefix("*.").or_else(|| host(url).strip_prefix("%2a."));
    if suffix.is_some_and(|suffix| !suffix.contains('.')) {
        let why = "a wildcard over a single label covers nothing";
        let fix = "name a domain of yours: https://*.example.org/";
        return Some(Finding::wrong(KEY, format!("{url} is never allowed")).because(why, fix));
    }
    let is_foreign = !known.iter().any(|own| same_site(own, url));
    is_foreign.then(|| {
        let why = "whoever runs that site may be returned to after a sign-in";
        let fix = "remove it if it is not yours";
        Finding::warning(KEY, format!("{url} is on another site than this service and its pages")).because(why, fix)
    })
}
