//! URLs of this server's own endpoints and of the pages, with parameters added. Built from the configuration, never from a
//! request's `Host`.

use ::url::Url;

use crate::protocol::params::Params;

/// The path of the authorization endpoint.
pub(crate) const AUTHORIZE: &str = "/oauth2/auth";
/// The path where a device's code is verified.
pub(crate) const DEVICE_VERIFY: &str = "/oauth2/device/verify";
/// The path of the logout endpoint.
pub(crate) const END_SESSION: &str = "/oauth2/sessions/logout";

/// `path` below a base URL, which may have a path of its own.
pub(crate) fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// The same URL with parameters added behind those it has.
pub(crate) fn with_params(url: &Url, params: &[(&str, &str)]) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().extend_pairs(params);
    url
}

/// An endpoint with exactly these parameters.
pub(crate) fn with_query(base: &Url, path: &str, params: &Params) -> Url {
    let mut url = under(base, path);
    let query = params.query();
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    url
}

#[cfg(test)]
mod tests;
