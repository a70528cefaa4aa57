//! The whole matrix: each rule broken once, and told by the right channel.

use proptest::prelude::*;
use shared_types::{id::ClientId, time::Time};

use super::*;
use crate::model::client::{Metadata, SecretHashes, Unlisted};
use crate::protocol::response_mode::ResponseMode;

const GOOD: &str = "client_id=shop&response_type=code&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&scope=openid+photos.read&state=12345678\
&nonce=12345678&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn client() -> Client {
    Client {
        id: ClientId::from("shop"),
        version: 1,
        metadata: Metadata {
            redirect_uris: vec!["https://shop.example/cb".into(), "http://shop.example/cb".into()],
            response_types: vec!["code".into(), "token id_token".into()],
            scope: "openid photos.*".into(),
            audience: vec!["https://api.example/v1".into()],
            unlisted: Unlisted { token_endpoint_auth_method: "none".into(), ..Unlisted::default() },
            ..Metadata::default()
        },
        secrets: SecretHashes::default(),
        registration_digest: None,
        created_at: Time::UNIX_EPOCH,
        updated_at: Time::UNIX_EPOCH,
    }
}

const RULES: Rules<'static> = Rules {
    details_types: &[],
    profile: Profile::Ory,
    scope_strategy: ScopeStrategy::Wildcard,
    pkce_enforced: false,
    dev: false,
};

fn seal(client: Option<Client>, query: &str) -> Result<Authorized, Failure> {
    let params = Params::parse(query);
    Draft::new(&params, client.map(Arc::new), RULES).seal()
}

/// The good request with parameters changed (`name=value`), added, or removed (`name`).
fn with(changes: &[&str]) -> String {
    let mut params = Params::parse(GOOD);
    for change in changes {
        let (name, value) = change.split_once('=').map_or((*change, None), |(name, value)| (name, Some(value)));
        params = params.without(&[name]);
        if let Some(value) = value {
            params = params.with(name, value);
        }
    }
    params.query()
}

fn on_page(query: &str) -> OAuthCode {
    match seal(Some(client()), query) {
        Err(Failure::Page(error)) => error.code,
        other => panic!("{query}: {other:?}"),
    }
}

fn at_client(query: &str) -> String {
    match seal(Some(client()), query) {
        Err(Failure::Redirect(redirect, refusal)) => {
            assert_eq!(redirect.uri(), "https://shop.example/cb");
            refusal.error.into_owned()
        }
        other => panic!("{query}: {other:?}"),
    }
}

#[test]
fn a_good_request_is_sealed() {
    let authorized = seal(Some(client()), GOOD).unwrap();
    assert_eq!(authorized.scope(), ["openid", "photos.read"]);
    assert_eq!(authorized.redirect().as_sent(), Some("https://shop.example/cb"));
    assert_eq!(authorized.redirect().state(), Some("12345678"));
    assert_eq!(authorized.redirect().mode(), ResponseMode::Query);
    assert_eq!(authorized.nonce(), Some("12345678"));
    assert!(authorized.code_challenge().is_some());
}

#[test]
fn before_the_redirect_uri_is_proven_the_person_is_told() {
    assert!(matches!(seal(None, GOOD), Err(Failure::Page(error)) if error.code == OAuthCode::InvalidClient));
    let double = |name: &str| format!("{GOOD}&{name}=x");
    let cases = [
        (double("client_id"), OAuthCode::InvalidRequest),
        (double("redirect_uri"), OAuthCode::InvalidRequest),
        (double("state"), OAuthCode::InvalidRequest),
        (double("scope"), OAuthCode::InvalidRequest),
        (double("response_type"), OAuthCode::InvalidRequest),
        (with(&["response_mode=web_message"]), OAuthCode::UnsupportedResponseMode),
        (with(&["redirect_uri"]), OAuthCode::InvalidRequest),
        (with(&["redirect_uri=https://shop.example/cb/"]), OAuthCode::InvalidRequest),
        (with(&["redirect_uri=https://evil.example/cb"]), OAuthCode::InvalidRequest),
        (with(&["redirect_uri=http://shop.example/cb"]), OAuthCode::InvalidRequest),
    ];
    for (query, code) in cases {
        assert_eq!(on_page(&query), code, "{query}");
    }
}

#[test]
fn from_then_on_the_client_is_told() {
    let cases = [
        (format!("{GOOD}&nonce=x"), "invalid_request"),
        (format!("{GOOD}&code_challenge=x"), "invalid_request"),
        (format!("{GOOD}&prompt=login&prompt=consent"), "invalid_request"),
        (with(&["login_verifier=a", "consent_verifier=b"]), "invalid_request"),
        (with(&["login_hint=a\0b"]), "invalid_request"),
        (with(&["state=12345678\n"]), "invalid_request"),
        (with(&["scope=openid admin"]), "invalid_scope"),
        (with(&["scope=openid photos.\"x"]), "invalid_scope"),
        (with(&["audience=https://api.example/v2"]), "invalid_request"),
        (with(&["registration={}"]), "registration_not_supported"),
        (with(&["response_type"]), "unsupported_response_type"),
        (with(&["response_type=code id_token"]), "unsupported_response_type"),
        (with(&["response_type=id_token token"]), "unauthorized_client"),
        (with(&["response_type=id_token token", "response_mode=query"]), "unsupported_response_mode"),
        (with(&["response_type=id_token token", "response_mode=query.jwt"]), "unsupported_response_mode"),
        (with(&["state=1234567"]), "invalid_state"),
        (with(&["state", "code_challenge", "code_challenge_method"]), "invalid_state"),
        (with(&["nonce=1234567"]), "insufficient_entropy"),
        (with(&["code_challenge", "code_challenge_method"]), "invalid_request"),
        (with(&["code_challenge_method=plain"]), "invalid_request"),
        (with(&["code_challenge_method"]), "invalid_request"),
        (with(&["code_challenge=short"]), "invalid_request"),
        (with(&["prompt=none login"]), "invalid_request"),
        (with(&["prompt=create"]), "invalid_request"),
        (with(&["max_age=-1"]), "invalid_request"),
        (with(&["max_age=soon"]), "invalid_request"),
        (with(&["claims=[]"]), "invalid_request"),
        (with(&["dpop_jkt=short"]), "invalid_request"),
        (with(&["resource=https://api.example/v2"]), "invalid_target"),
        (with(&["resource=https://api.example/v1#x"]), "invalid_target"),
        (with(&["resource=here"]), "invalid_target"),
        (with(&["authorization_details={}"]), "invalid_authorization_details"),
        (with(&["authorization_details=[{\"type\":\"payment\"}]"]), "invalid_authorization_details"),
    ];
    for (query, code) in cases {
        assert_eq!(at_client(&query), code, "{query}");
    }
}

#[test]
fn a_client_without_the_grant_is_told_so() {
    let mut client = client();
    client.metadata.grant_types = vec!["client_credentials".into()];
    match seal(Some(client), GOOD) {
        Err(Failure::Redirect(_, refusal)) => assert_eq!(refusal.error, "unauthorized_client"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_may_be_left_out_may() {
    for query in [with(&["nonce"]), with(&["state"]), with(&["scope"]), with(&["unknown=1"]), with(&["display=wap"])] {
        seal(Some(client()), &query).unwrap_or_else(|failure| panic!("{query}: {failure:?}"));
    }
    let twice =
        format!("{GOOD}&audience=https://api.example/v1/a&audience=https://api.example/v1/b&unknown=1&unknown=2");
    assert_eq!(seal(Some(client()), &twice).unwrap().audience().len(), 2);
}

#[test]
fn a_confidential_client_uses_pkce_where_the_configuration_says_so() {
    let mut confidential = client();
    confidential.metadata.unlisted.token_endpoint_auth_method = "client_secret_basic".into();
    let query = with(&["code_challenge", "code_challenge_method"]);
    assert!(seal(Some(confidential.clone()), &query).is_ok());
    let params = Params::parse(&query);
    let strict = Rules { pkce_enforced: true, ..RULES };
    assert!(Draft::new(&params, Some(Arc::new(confidential)), strict).seal().is_err());
}

#[test]
fn modes_decide_where_errors_go() {
    let mode = |changes: &[&str]| match seal(Some(client()), &with(changes)) {
        Err(Failure::Redirect(redirect, _)) => redirect.mode(),
        Ok(authorized) => authorized.redirect().mode(),
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(mode(&["response_mode=form_post"]), ResponseMode::FormPost);
    assert_eq!(mode(&["response_mode=fragment"]), ResponseMode::Fragment);
    assert_eq!(mode(&["response_type=id_token token"]), ResponseMode::Fragment);
    assert_eq!(mode(&["response_type=id_token token", "response_mode=query"]), ResponseMode::Fragment);
}

/// A client registered for every response type.
fn browser_client() -> Client {
    let mut client = client();
    client.metadata.response_types = ResponseType::ALL.map(str::to_owned).to_vec();
    client.metadata.grant_types = vec!["authorization_code".into(), "implicit".into()];
    client
}

#[test]
fn tokens_by_the_browser_need_registration_nonce_and_state() {
    let told = |client: Client, changes: &[&str]| match seal(Some(client), &with(changes)) {
        Ok(_) => "ok".to_owned(),
        Err(Failure::Redirect(_, refusal)) => refusal.error.into_owned(),
        Err(Failure::Page(error)) => format!("page {}", error.code.as_str()),
    };
    for kind in ResponseType::ALL {
        let kind = format!("response_type={kind}");
        assert_eq!(told(browser_client(), &[&kind]), "ok", "{kind}");
        let bare = told(browser_client(), &[&kind, "nonce"]);
        assert_eq!(bare, if kind.contains("id_token") { "invalid_request" } else { "ok" }, "{kind}");
    }
    let mut without_implicit = browser_client();
    without_implicit.metadata.grant_types = vec!["authorization_code".into()];
    for (kind, fate) in
        [("code id_token", "ok"), ("code token", "unauthorized_client"), ("token", "unauthorized_client")]
    {
        assert_eq!(told(without_implicit.clone(), &[&format!("response_type={kind}")]), fate, "{kind}");
    }
    let mut bound = browser_client();
    bound.metadata.unlisted.extensions.dpop_bound_access_tokens = true;
    assert_eq!(told(bound, &["response_type=code token"]), "unsupported_response_type");
    let implicit = ["response_type=id_token token", "code_challenge", "code_challenge_method"];
    assert_eq!(told(browser_client(), &implicit), "ok");
    assert_eq!(told(browser_client(), &["response_type=token", "state"]), "invalid_state");
    assert_eq!(told(browser_client(), &["response_type=id_token", "nonce=short"]), "insufficient_entropy");
    assert_eq!(told(browser_client(), &["response_type=id_token", "scope=photos.read"]), "unsupported_response_type");
    let missing = told(browser_client(), &["response_type=token", "redirect_uri", "scope=photos.read"]);
    assert_eq!(missing, "page invalid_request");
}

proptest! {
    #[test]
    fn nobody_is_ever_sent_elsewhere(
        name in "(client_id|redirect_uri|response_mode|scope|state|prompt|request|x)",
        value in ".{0,24}",
        twice in any::<bool>(),
    ) {
        let changed = if twice { Params::parse(GOOD) } else { Params::parse(GOOD).without(&[&name]) };
        let query = changed.with(&name, &value).query();
        match seal(Some(client()), &query) {
            Ok(authorized) => prop_assert_eq!(authorized.redirect().uri(), "https://shop.example/cb"),
            Err(Failure::Redirect(redirect, _)) => prop_assert_eq!(redirect.uri(), "https://shop.example/cb"),
            Err(Failure::Page(_)) => {}
        }
    }
}
