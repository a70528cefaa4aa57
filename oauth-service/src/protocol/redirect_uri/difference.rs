//! In what a redirect URI that is refused differs from the registered ones, so that whoever set the client up finds it.

use url::Url;

/// The registered URI that is most like the one that was sent, and in what they differ.
pub(crate) fn nearest<'a, S: AsRef<str>>(registered: &'a [S], sent: &str) -> Option<(&'a str, Vec<&'static str>)> {
    let all = registered.iter().map(|known| (known.as_ref(), parts(known.as_ref(), sent)));
    all.min_by_key(|(_, parts)| weight(parts))
}

/// An odd path is nearer than another host.
fn weight(parts: &[&'static str]) -> usize {
    parts.iter().map(|part| if *part == "host" { 10 } else { 1 }).sum()
}

fn parts(known: &str, sent: &str) -> Vec<&'static str> {
    let (Ok(a), Ok(b)) = (Url::parse(known), Url::parse(sent)) else { return vec!["spelling"] };
    let mut parts = Vec::new();
    let mut note = |differs: bool, part: &'static str| {
        if differs {
            parts.push(part);
        }
    };
    note(a.scheme() != b.scheme(), "scheme");
    note(a.host_str() != b.host_str(), "host");
    // Another scheme brings another usual port along.
    let other_port = if a.scheme() == b.scheme() {
        a.port_or_known_default() != b.port_or_known_default()
    } else {
        a.port() != b.port()
    };
    note(other_port, "port");
    let last_slash = a.path().trim_end_matches('/') == b.path().trim_end_matches('/');
    note(a.path() != b.path(), if last_slash { "slash at the end" } else { "path" });
    note(a.query() != b.query(), "query");
    note(a.fragment() != b.fragment(), "fragment");
    if parts.is_empty() { vec!["spelling"] } else { parts }
}
