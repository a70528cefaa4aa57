//! `oidc.dynamic_client_registration`: whether clients may register themselves, and for what. All but `enabled` and `default_scope`
//! are ours.

use shared_types::secret::Secret;

use super::read::Reader;

/// What clients may do that register themselves.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) enabled: bool,
    /// Without any, everybody may register a client (RFC 7591 3).
    pub(crate) initial_access_tokens: Vec<Secret<String>>,
    pub(crate) allowed_grant_types: Vec<String>,
    /// Empty: any.
    pub(crate) allowed_scopes: Vec<String>,
    /// Empty: any.
    pub(crate) allowed_redirect_hosts: Vec<String>,
}

/// A person agrees to each of these. What a client gets in its own name is not for strangers to take.
const GRANTS: [&str; 4] =
    ["authorization_code", "implicit", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Registration {
    let at = |name: &str| format!("oidc.dynamic_client_registration.{name}");
    let enabled = r.flag(&at("enabled"), false);
    let mut allowed_grant_types = r.list(&at("allowed_grant_types"));
    if allowed_grant_types.is_empty() {
        allowed_grant_types = GRANTS.map(str::to_owned).to_vec();
    }
    if enabled && !r.flag("clients.http.disallow_private_ip_ranges", false) {
        r.warn(format!(
            "{}: clients nobody knows name addresses this server calls; set clients.http.disallow_private_ip_ranges",
            at("enabled")
        ));
    }
    Registration {
        enabled,
        initial_access_tokens: r.secrets(&at("initial_access_tokens"), 16..=usize::MAX),
        allowed_grant_types,
        allowed_scopes: r.list(&at("allowed_scopes")),
        allowed_redirect_hosts: r.list(&at("allowed_redirect_hosts")),
    }
}
