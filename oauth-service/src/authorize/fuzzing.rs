//! Doors to the checks of authorization requests, for the programs in `fuzz/`.

use std::sync::Arc;

use serde_json::{Map, Value};
use shared_types::{id::ClientId, time::Time};

use super::{
    draft::{Draft, Rules},
    failure::Failure,
    object,
};
use crate::{
    config::Profile,
    fuzzing::callback,
    model::client::{Client, Extensions, Metadata, SecretHashes, Unlisted},
    protocol::{params::Params, scope::ScopeStrategy},
};

/// Where the client may be answered.
pub(crate) const CALLBACKS: [&str; 3] =
    ["https://shop.example/cb", "http://127.0.0.1/cb?from=op", "com.example.shop:/cb"];
const TYPES: [&str; 3] = ["code", "token id_token", "code id_token"];
const DETAILS: &str = "payment";

fn client() -> Client {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let extensions = Extensions { authorization_details_types: texts(&[DETAILS]), ..Extensions::default() };
    let unlisted = Unlisted { token_endpoint_auth_method: "none".to_owned(), extensions, ..Unlisted::default() };
    let metadata = Metadata {
        redirect_uris: texts(&CALLBACKS),
        response_types: texts(&TYPES),
        grant_types: texts(&["authorization_code", "implicit"]),
        scope: "openid photos.*".to_owned(),
        audience: texts(&["https://api.example/v1"]),
        unlisted,
        ..Metadata::default()
    };
    Client {
        id: ClientId::from("shop"),
        version: 1,
        metadata,
        secrets: SecretHashes::default(),
        registration_digest: None,
        created_at: Time::UNIX_EPOCH,
        updated_at: Time::UNIX_EPOCH,
    }
}

/// Runs every check over a query; what is let through keeps to what the client has registered.
pub(crate) fn request(query: &str) {
    let params = Params::parse(query);
    let details = [DETAILS.to_owned()];
    let rules = Rules {
        details_types: &details,
        profile: Profile::Ory,
        scope_strategy: ScopeStrategy::Wildcard,
        pkce_enforced: false,
        dev: false,
    };
    match Draft::new(&params, Some(Arc::new(client())), rules).seal() {
        Ok(authorized) => {
            callback(authorized.redirect().uri());
            let asked = authorized.response_type();
            assert!(!asked.has_code() || authorized.code_challenge().is_some(), "no PKCE: {query:?}");
            for scope in authorized.scope() {
                assert!(scope == "openid" || scope.starts_with("photos."), "{scope:?} of {query:?}");
            }
            for detail in authorized.details() {
                assert_eq!(detail["type"], DETAILS, "{query:?}");
            }
            // The request travels to the pages and back as a query.
            assert_eq!(Params::parse(&params.query()), params, "{query:?}");
        }
        Err(Failure::Redirect(redirect, _)) => callback(redirect.uri()),
        Err(Failure::Page(_)) => {}
    }
}

/// The parameters of a request object: none that belong to the JWT, or to this server, is among them.
pub(crate) fn object(claims: &Map<String, Value>) {
    let Ok(params) = object::params(claims) else { return };
    for name in ["iss", "aud", "exp", "login_verifier", "consent_verifier", "device_verifier"] {
        assert!(!params.has(name), "{claims:?}");
    }
    let alone = object::alone(&client(), &params);
    assert!(alone.has("client_id"), "{claims:?}");
    request(&alone.query());
}
