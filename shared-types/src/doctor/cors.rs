//! Whether scripts of other origins may call, and only those that should.

use url::Url;

use super::{Finding, Place, place::is_loopback};
use crate::http::cors::CorsOptions;

/// Looks at the CORS settings of a listener. `section`: where they are; `pages`: where scripts that call may come from.
pub fn check(section: &str, options: &CorsOptions, home: Place<'_>, pages: &[Place<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    let others: Vec<&Place<'_>> = pages.iter().filter(|page| page.origin() != home.origin()).collect();
    if !options.enabled {
        found.extend(others.iter().map(|page| off(section, **page)));
        return found;
    }
    found.extend(everybody(section, options));
    found.extend(options.allowed_origins.iter().filter_map(|origin| malformed(section, origin, home.url)));
    for page in others.iter().filter(|page| !options.allows(&page.origin())) {
        let key = format!("{section}.allowed_origins");
        let what = format!("{} ({}) is not among the allowed origins", page.key, page.origin());
        let why = "browsers keep answers from scripts of that page";
        found.push(Finding::wrong(key, what).because(why, format!("add {}", page.origin())));
    }
    found
}

fn off(section: &str, page: Place<'_>) -> Finding {
    let what = format!("CORS is off, and {} ({}) is another origin", page.key, page.origin());
    let why = "pages rendered by a server work; a script of that page gets no answer";
    let fix =
        format!("for a single-page app set {section}.enabled: true and {section}.allowed_origins: [{}]", page.origin());
    Finding::warning(format!("{section}.enabled"), what).because(why, fix)
}

fn everybody(section: &str, options: &CorsOptions) -> Option<Finding> {
    let open = options.allowed_origins.is_empty() || options.allowed_origins.iter().any(|origin| origin == "*");
    if !open {
        return None;
    }
    let key = format!("{section}.allowed_origins");
    if options.allow_credentials {
        let what = "every origin is allowed, with cookies";
        let why = "any page a signed-in person visits may call in that person's name wherever the cookies come along";
        let fix = format!("name the origins of your pages, or set {section}.allow_credentials: false");
        return Some(Finding::wrong(key, what).because(why, fix));
    }
    let what = "every origin is allowed";
    Some(
        Finding::warning(key, what).because("any page may read what needs no cookie", "name the origins of your pages"),
    )
}

fn malformed(section: &str, origin: &str, home: &Url) -> Option<Finding> {
    if origin == "*" {
        return None;
    }
    let key = format!("{section}.allowed_origins");
    // A star stands for one label: any will do to look at the rest.
    let parsed = Url::parse(&origin.replacen('*', "label", 1)).ok().filter(Url::has_host);
    let fix = "write scheme, host and, unless it is the usual one, port: https://app.example.org";
    let Some(url) = parsed.filter(|_| !origin.replacen('*', "", 1).contains('*')) else {
        let what = format!("{origin:?} is no origin");
        return Some(Finding::wrong(key, what).because("it fits no browser's Origin header", fix));
    };
    if url.path() != "/" || url.query().is_some() || !url.username().is_empty() {
        let what = format!("{origin:?} has more than scheme, host and port");
        return Some(Finding::wrong(key, what).because("it fits no browser's Origin header", fix));
    }
    if url.scheme() == "http" && home.scheme() == "https" && !is_loopback(&url) {
        let what = format!("{origin:?} is plain http");
        let why = "whoever sits between that page and its reader is allowed as well";
        return Some(Finding::warning(key, what).because(why, "serve that page over https"));
    }
    None
}
