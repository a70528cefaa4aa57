//! Which redirect URI a request may be answered at (contract 2.6; RFC 6749 3.1.2, RFC 8252 7.3, RFC 9700 2.1).
//!
//! A sent URI must be a registered one byte for byte. One thing may differ: the port, when the registered host is a loopback address
//! written as a number. The bytes decide before any parser is asked, so that two parsers reading one text differently gains nobody
//! anything; the parser then decides whether a registered text is fit for a browser at all.

mod difference;

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

pub(crate) use difference::nearest;

/// Schemes that would run or open something in the browser instead of reaching a client.
const NEVER: [&str; 8] = ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"];

/// Why a request has no redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedirectUriError {
    #[error(
        "The redirect_uri is missing: OpenID Connect requests, and those for tokens by the browser, must name one."
    )]
    MissingForOpenid,
    #[error("The redirect_uri is missing, and the client has not registered exactly one.")]
    Missing,
    #[error("The redirect_uri is not one of those the client has registered.")]
    NotRegistered,
    #[error("The redirect_uri must be an absolute URI without fragment, credentials or blanks.")]
    Unfit,
    #[error("The redirect_uri must use https, a private-use scheme, or http on the person's own machine.")]
    Insecure,
}

/// The redirect URI a request is answered at: the one sent, if it is registered, else the only one registered.
///
/// `openid`: OpenID Connect Core 3.1.2.1 requires the parameter. `dev`: plain http to any host is let through.
pub(crate) fn choose<'a, S: AsRef<str>>(
    registered: &'a [S],
    sent: Option<&'a str>,
    openid: bool,
    dev: bool,
) -> Result<&'a str, RedirectUriError> {
    let uri = match (sent, registered) {
        (Some(sent), _) if registered.iter().any(|known| matches(known.as_ref(), sent)) => sent,
        (Some(_), _) => return Err(RedirectUriError::NotRegistered),
        (None, _) if openid => return Err(RedirectUriError::MissingForOpenid),
        (None, [only]) => only.as_ref(),
        (None, _) => return Err(RedirectUriError::Missing),
    };
    let parsed = fit(uri).ok_or(RedirectUriError::Unfit)?;
    if dev || is_confidential(&parsed) { Ok(uri) } else { Err(RedirectUriError::Insecure) }
}

/// Whether `sent` is `registered`, or the same loopback address at another port.
pub(crate) fn matches(registered: &str, sent: &str) -> bool {
    if registered == sent {
        return true;
    }
    match (loopback_parts(registered), loopback_parts(sent)) {
        (Some(known), Some(asked)) => known == asked,
        _ => false,
    }
}

/// Host and rest of an `http` URI at a numeric loopback address, its port left out; anything unusual is `None`.
fn loopback_parts(uri: &str) -> Option<(&str, &str)> {
    let after_scheme = uri.strip_prefix("http://")?;
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    let (authority, rest) = after_scheme.split_at(end);
    let host_end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(host_end);
    (is_loopback_literal(host) && is_port(port)).then_some((host, rest))
}

fn is_loopback_literal(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback()),
        None => host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()),
    }
}

/// Nothing, or a colon and a port number.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        None => text.is_empty(),
        Some(number) => number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u16>().is_ok(),
    }
}

/// The URI as parsed, if a browser may be sent there with a secret in its query.
///
/// Only printable ASCII without backslash and quotation marks is taken, because browsers and servers read the rest differently.
pub(crate) fn fit(uri: &str) -> Option<Url> {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`');
    if !uri.bytes().all(plain) || uri.contains('#') {
        return None;
    }
    let parsed = Url::parse(uri).ok()?;
    let bare = parsed.username().is_empty() && parsed.password().is_none();
    let web = matches!(parsed.scheme(), "http" | "https");
    // `https:example.com` and `https:///example.com` reach a host only by the parser's leniency.
    let spelled_out = !web || {
        let after = uri.split_once("://").map_or("", |(_, after)| after);
        after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && parsed.has_host()
    };
    (bare && spelled_out && !NEVER.contains(&parsed.scheme())).then_some(parsed)
}

/// Whether an answer reaches the client without crossing a network in clear.
pub(crate) fn is_confidential(uri: &Url) -> bool {
    uri.scheme() != "http" || is_own_machine(uri)
}

/// Whether the host is `localhost`, below it, or a loopback address.
pub(crate) fn is_own_machine(uri: &Url) -> bool {
    match uri.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
