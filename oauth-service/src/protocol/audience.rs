//! Audiences: how the `audience` parameter is read and how a registered audience covers a wanted one (contract 2.5).

use url::Url;

use super::params::Params;

/// The audiences of a request: several parameters are taken as they are, a single one is split on blanks.
pub(crate) fn split<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let values: Vec<&str> = values.collect();
    let parts: Vec<&str> = match values.as_slice() {
        [one] => one.split(' ').collect(),
        many => many.to_vec(),
    };
    let mut audiences: Vec<String> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !audiences.iter().any(|known| known == part) {
            audiences.push(part.to_owned());
        }
    }
    audiences
}

/// All that a request asks to be understood at: its audiences, then its resources (RFC 8707 2), each once.
pub(crate) fn requested(params: &Params) -> Vec<String> {
    let mut audiences = split(params.all("audience"));
    for resource in params.all("resource") {
        if !audiences.iter().any(|known| known == resource) {
            audiences.push(resource.to_owned());
        }
    }
    audiences
}

/// Whether a text may name a resource: an absolute URI without fragment (RFC 8707 2).
pub(crate) fn is_resource(text: &str) -> bool {
    !text.contains('#') && !text.chars().any(char::is_whitespace) && Url::parse(text).is_ok()
}

/// The first wanted audience that no registered one covers.
pub(crate) fn first_refused<'a, S: AsRef<str>>(registered: &[S], wanted: &'a [String]) -> Option<&'a str> {
    let allowed = |audience: &str| registered.iter().any(|known| covers(known.as_ref(), audience));
    wanted.iter().map(String::as_str).find(|audience| !allowed(audience))
}

/// Whether `registered` is `wanted` or, both being URLs of one origin, a folder above it.
///
/// Paths are compared after `.` and `..` are resolved, so that `https://a/x/../y` does not pass for something below `/x`.
pub(crate) fn covers(registered: &str, wanted: &str) -> bool {
    if registered == wanted {
        return true;
    }
    let (Ok(registered), Ok(wanted)) = (Url::parse(registered), Url::parse(wanted)) else {
        return false;
    };
    let same_origin = registered.scheme() == wanted.scheme()
        && registered.host_str() == wanted.host_str()
        && registered.port() == wanted.port()
        && registered.username() == wanted.username()
        && registered.password() == wanted.password();
    same_origin && is_above(registered.path(), wanted.path())
}

/// Whether the path `folder` is `path` or one of the folders it lies in.
fn is_above(folder: &str, path: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.trim_end_matches('/').strip_prefix(folder).is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

#[cfg(test)]
mod tests;
