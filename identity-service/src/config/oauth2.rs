//! `oauth2_provider`: how oauth-service is reached, and which traits become claims.

use serde_json::Value;
use url::Url;

use super::read::Reader;

/// Everything below `oauth2_provider`.
#[derive(Debug, Clone)]
pub(crate) struct OAuth2 {
    /// The admin API of oauth-service.
    pub(crate) url: Option<Url>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) override_return_to: bool,
    pub(crate) claims: Vec<ClaimRule>,
    /// What scopes and permissions mean, in words for the consent page.
    pub(crate) scope_descriptions: Vec<(String, String)>,
}

/// What a granted scope adds to tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimRule {
    pub(crate) scope: String,
    /// Claim name and JSON pointer into the identity's claim document.
    pub(crate) claims: Vec<(String, String)>,
    pub(crate) id_token: bool,
    pub(crate) access_token: bool,
}

impl ClaimRule {
    fn new(scope: &str, claims: &[(&str, &str)]) -> Self {
        let claims = claims.iter().map(|&(name, pointer)| (name.to_owned(), pointer.to_owned())).collect();
        Self { scope: scope.to_owned(), claims, id_token: true, access_token: true }
    }
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> OAuth2 {
    OAuth2 {
        url: r.url("oauth2_provider.url"),
        headers: r.text_map("oauth2_provider.headers"),
        override_return_to: r.flag("oauth2_provider.override_return_to", false),
        claims: if r.has("oauth2_provider.claims") { claims(r) } else { shipped() },
        scope_descriptions: r.text_map("oauth2_provider.scope_descriptions"),
    }
}

/// The partner portal's claims.
fn shipped() -> Vec<ClaimRule> {
    vec![
        ClaimRule::new(
            "openid",
            &[("role", "/traits/role"), ("company_id", "/traits/company_id"), ("permissions", "/traits/permissions")],
        ),
        ClaimRule::new("profile", &[("name", "/traits/name")]),
        ClaimRule::new("email", &[("email", "/traits/email"), ("email_verified", "/email_verified")]),
    ]
}

fn claims(r: &Reader<'_>) -> Vec<ClaimRule> {
    let items = r.items("oauth2_provider.claims");
    items.into_iter().filter_map(|(path, item)| rule(r, &path, item)).collect()
}

fn rule(r: &Reader<'_>, path: &str, item: &Value) -> Option<ClaimRule> {
    let scope = item.get("scope").and_then(Value::as_str);
    let map = item.get("claims").and_then(Value::as_object);
    let (Some(scope), Some(map)) = (scope, map) else {
        r.problem(path, "needs a `scope` and an object `claims`");
        return None;
    };
    let mut claims = Vec::new();
    for (name, pointer) in map {
        match pointer.as_str() {
            Some(pointer) if pointer.starts_with('/') => claims.push((name.clone(), pointer.to_owned())),
            _ => r.problem(path, format_args!("the claim {name:?} needs a JSON pointer such as /traits/{name}")),
        }
        if RESERVED.contains(&name.as_str()) {
            r.problem(path, format_args!("the claim {name:?} belongs to oauth-service"));
        }
    }
    let (mut id_token, mut access_token) = (true, true);
    if let Some(tokens) = item.get("tokens") {
        let names: Option<Vec<&str>> =
            tokens.as_array().and_then(|tokens| tokens.iter().map(|token| token.as_str()).collect());
        match names {
            Some(names) if names.iter().all(|name| matches!(*name, "id_token" | "access_token")) => {
                id_token = names.contains(&"id_token");
                access_token = names.contains(&"access_token");
            }
            _ => r.problem(path, "`tokens` is a list of \"id_token\" and \"access_token\""),
        }
    }
    Some(ClaimRule { scope: scope.to_owned(), claims, id_token, access_token })
}

/// Claims a token gets from oauth-service alone (RFC 7519, OpenID Connect Core §2).
const RESERVED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "sid",
    "at_hash",
    "c_hash",
    "client_id",
    "scp",
    "scope",
];
