//! Whether the addresses a client has registered are ones a browser may safely be sent to (RFC 9700, 4.1; RFC 8252).

use url::Url;

use super::{
    Finding,
    place::{is_loopback, site},
};

/// Looks at a list of one client: `redirect_uris` or `post_logout_redirect_uris`.
pub fn check(client: &str, list: &str, uris: &[String]) -> Vec<Finding> {
    let key = format!("client {client}, {list}");
    let mut found: Vec<Finding> = uris.iter().filter_map(|uri| one(&key, uri)).collect();
    found.extend(unlike(&key, uris));
    found
}

fn one(key: &str, uri: &str) -> Option<Finding> {
    if uri.contains('*') {
        let why =
            "addresses are compared exactly (RFC 9700, 4.1.3): a star is a star, and the client is always refused";
        return Some(Finding::wrong(key, format!("{uri} has a wildcard")).because(why, "register each address"));
    }
    let Ok(url) = Url::parse(uri) else {
        let why = "no browser can be sent there";
        return Some(
            Finding::wrong(key, format!("{uri:?} is no absolute address")).because(why, "correct or remove it"),
        );
    };
    if url.fragment().is_some() {
        let why = "RFC 6749, 3.1.2, forbids it: answers would be lost behind the #";
        return Some(
            Finding::wrong(key, format!("{uri} has a fragment")).because(why, "register it without the part behind #"),
        );
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        let why = "codes travel in clear, and whoever sits on the way can use them";
        return Some(Finding::wrong(key, format!("{uri} is plain http")).because(why, "serve the client over https"));
    }
    let breaks_in = url.path().contains("//") || url.path().contains("/../");
    if breaks_in {
        let why = "the client sends it exactly so, or is refused";
        return Some(
            Finding::warning(key, format!("{uri} has an odd path")).because(why, "see that the client sends the same"),
        );
    }
    None
}

/// One that is at home elsewhere than the others, which is how a forgotten test address looks.
fn unlike(key: &str, uris: &[String]) -> Option<Finding> {
    let sites: Vec<(String, &String)> = uris
        .iter()
        .filter_map(|uri| Some((Url::parse(uri).ok()?, uri)))
        .filter(|(url, _)| matches!(url.scheme(), "http" | "https") && !is_loopback(url))
        .map(|(url, uri)| (site(url.host_str().unwrap_or_default()), uri))
        .collect();
    let (first, _) = sites.first()?;
    let (_, other) = sites.iter().find(|(site, _)| site != first)?;
    let what = format!("{other} is on another site than the first address ({first})");
    let why = "codes go to whoever runs that site; a forgotten address can be taken over";
    Some(Finding::warning(key, what).because(why, "remove it if it is not the same application's"))
}
