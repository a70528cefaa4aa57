//! Whether browsers keep the cookies, and bring them where they are needed.

use super::{
    Finding, Place,
    place::{covers, host, is_ip, is_loopback, same_site},
};

/// The attribute `SameSite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// With links.
    Lax,
    /// Never from another site.
    Strict,
    /// Always.
    None,
}

/// What is known of a cookie.
#[derive(Debug, Clone, Copy)]
pub struct Cookie<'a> {
    /// The section of the configuration, such as `cookies`.
    pub section: &'a str,
    /// The key of `SameSite`.
    pub same_site_key: &'a str,
    /// `Domain`; the host alone without it.
    pub domain: Option<&'a str>,
    /// `Secure`.
    pub secure: bool,
    /// `SameSite`.
    pub same_site: SameSite,
}

/// Looks at a cookie that `home` sets and that pages at the other places need.
pub fn check(cookie: Cookie<'_>, home: Place<'_>, pages: &[Place<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(domain(cookie, home));
    found.extend(secure(cookie, home));
    if !found.is_empty() {
        return found;
    }
    for page in pages {
        found.extend(reach(cookie, home, *page));
    }
    found
}

fn domain(cookie: Cookie<'_>, home: Place<'_>) -> Option<Finding> {
    let (domain, key) = (cookie.domain?, format!("{}.domain", cookie.section));
    let fix_to =
        |what: &str| format!("set {key} to {what}, or leave it out: then the cookie is for {} alone", host(home.url));
    let why = "browsers drop such a cookie without a word: no form is ever accepted (CSRF), and nobody stays signed in";
    if domain.contains("://") || domain.contains('/') || domain.contains(':') {
        let what = format!("{domain:?} is no domain name");
        return Some(Finding::wrong(key.clone(), what).because(why, fix_to("a name without scheme, port and path")));
    }
    let bare = domain.trim_start_matches('.');
    if !bare.contains('.') && bare != host(home.url) {
        let what = format!("{domain:?} is a whole top-level domain");
        return Some(Finding::wrong(key.clone(), what).because(why, fix_to("the domain of your pages")));
    }
    if is_ip(bare) {
        let what = format!("{domain:?} is an address: cookies of a domain need a name");
        return Some(Finding::wrong(key.clone(), what).because(why, fix_to("a name")));
    }
    if !covers(bare, host(home.url)) {
        let what = format!("{domain:?} does not cover {}, the host of {}", host(home.url), home.key);
        return Some(Finding::wrong(key.clone(), what).because(why, fix_to("a domain that host is in")));
    }
    None
}

fn secure(cookie: Cookie<'_>, home: Place<'_>) -> Option<Finding> {
    let https = home.url.scheme() == "https";
    let key = format!("{}.secure", cookie.section);
    if cookie.same_site == SameSite::None && !cookie.secure {
        let what = "SameSite=None without Secure".to_owned();
        let why = "browsers drop such a cookie: no form is ever accepted (CSRF), and nobody stays signed in";
        let fix = format!("serve over https and set {key}: true, or set {} to Lax", cookie.same_site_key);
        return Some(Finding::wrong(key.clone(), what).because(why, fix));
    }
    match (https, cookie.secure) {
        (false, true) if !is_loopback(home.url) => {
            let what = format!("cookies are Secure, and {} is plain http", home.key);
            let why = "browsers neither keep nor send them over http: no form is ever accepted, nobody stays signed in";
            let fix = format!("let {} begin with https (TLS here or at a proxy)", home.key);
            Some(Finding::wrong(key, what).because(why, fix))
        }
        (true, false) => {
            let what = "cookies are not Secure though the address is https".to_owned();
            let why = "a browser sends them over http as well, where anybody on the way reads them";
            Some(Finding::warning(key.clone(), what).because(why, format!("set {key}: true")))
        }
        _ => None,
    }
}

fn reach(cookie: Cookie<'_>, home: Place<'_>, page: Place<'_>) -> Option<Finding> {
    if host(home.url) == host(page.url) && home.url.scheme() == page.url.scheme() {
        return None;
    }
    if !same_site(home.url, page.url) {
        if cookie.same_site == SameSite::None {
            return None;
        }
        let key = cookie.same_site_key;
        let what = format!("{} ({}) is another site than {} ({})", page.key, page.origin(), home.key, home.origin());
        let why = "from there browsers send forms without the cookies: each is refused with a CSRF error";
        let fix = format!("serve both below one domain, or set {key} to None (needs https)");
        return Some(Finding::warning(key, what).because(why, fix));
    }
    let covered = cookie.domain.is_some_and(|domain| covers(domain, host(page.url)));
    if covered {
        return None;
    }
    let key = format!("{}.domain", cookie.section);
    let what = format!("cookies do not come to {} ({})", page.key, page.origin());
    let why = "a page that is rendered there cannot ask who is signed in, nor read the flow it shows";
    let fix = format!("set {key} to the domain both hosts are in");
    Some(Finding::warning(key, what).because(why, fix))
}
