//! `oauth2.profile`: what OAuth 2.1 (RFC 9700) and the FAPI 2.0 Security Profile forbid is refused, and discovery says so.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::{on_both, time::Clock as _};

use super::{
    auth::world::{CALLBACK, CHALLENGE, ISSUER, Reply, VERIFIER, World, consent, login, read, request},
    signing::ClientKey,
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn world(dsn: &str, profile: &str) -> World {
    World::with(dsn, json!({"oauth2": {"profile": profile}})).await
}

async fn metadata(world: &World) -> Value {
    read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json()
}

fn confidential() -> Value {
    json!({"token_endpoint_auth_method": "client_secret_post", "client_secret": "a-secret-of-the-shop",
        "grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token", "id_token", "code token"]})
}

on_both! {
    async fn oauth_2_1_knows_no_front_channel_token_and_always_a_challenge(dsn: String) {
        let world = world(&dsn, "oauth21").await;
        world.client("shop", confidential()).await;
        let sent = |reply: Reply| {
            let url = reply.headers["location"].to_str().unwrap().to_owned();
            url.split(['?', '#', '&']).find_map(|part| part.strip_prefix("error=")).map(str::to_owned)
        };
        // RFC 9700 2.1.2: "clients SHOULD NOT use the implicit grant".
        for response_type in ["token", "code token"] {
            let url = request(&[&format!("response_type={response_type}")]);
            assert_eq!(sent(world.browser().get(&url).await).as_deref(), Some("unsupported_response_type"));
        }
        // RFC 9700 2.1.1: PKCE for every client.
        let unproven = request(&["code_challenge", "code_challenge_method"]);
        assert_eq!(sent(world.browser().get(&unproven).await).as_deref(), Some("invalid_request"));
        let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
        assert!(reply.sent("code").is_some(), "{reply:?}");
        let types = metadata(&world).await["response_types_supported"].clone();
        assert_eq!(types, json!(["code", "code id_token", "id_token"]));
    }
}

/// The FAPI client of the tests, and what it authenticates with.
async fn bank(world: &World) -> ClientKey {
    let key = ClientKey::es256("k");
    let body = json!({
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
        "response_types": ["code", "code id_token"],
    });
    world.client("shop", body).await;
    key
}

async fn push(world: &World, key: &ClientKey, aud: Value) -> Reply {
    let assertion = key.assertion("shop", world.clock.now().timestamp(), json!({"aud": aud}));
    let form = [
        ("client_id", "shop"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid offline photos.read"),
        ("state", "a-state-of-some-length"),
        ("nonce", "a-nonce-of-some-length"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", assertion.as_str()),
    ];
    read(world.public(Method::POST, "/oauth2/par").form(&form)).await
}

on_both! {
    async fn fapi_2_wants_pushed_requests_keys_and_bound_tokens(dsn: String) {
        let world = world(&dsn, "fapi2").await;
        let key = bank(&world).await;
        let direct = world.browser().get(&request(&[])).await;
        assert_eq!(direct.sent("error").as_deref(), Some("invalid_request"), "{direct:?}");
        // FAPI 2.0 5.3.2.1: the issuer as a text, and nothing else.
        for aud in [json!([ISSUER]), json!(format!("{ISSUER}oauth2/token"))] {
            assert_eq!(push(&world, &key, aud).await.json()["error"], "invalid_client");
        }
        let pushed = push(&world, &key, json!(ISSUER)).await;
        assert_eq!(pushed.status, 201, "{pushed:?}");
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let url = format!("{ISSUER}oauth2/auth?client_id=shop&request_uri={uri}");
        let reply = world.browser().authorize(&url, login("ann", true), consent(false)).await;
        assert_eq!(reply.sent("iss").as_deref(), Some(ISSUER), "{reply:?}");
        let code = reply.sent("code").unwrap();
        let exchange = |proof: Option<String>| {
            let assertion = key.assertion("shop", world.clock.now().timestamp(), json!({}));
            let form = [
                ("grant_type", "authorization_code".to_owned()), ("code", code.clone()), ("redirect_uri", CALLBACK.to_owned()),
                ("code_verifier", VERIFIER.to_owned()), ("client_assertion_type", ASSERTION.to_owned()), ("client_assertion", assertion),
            ];
            let request = world.public(Method::POST, "/oauth2/token").form(&form);
            read(match proof {
                Some(proof) => request.header("DPoP", proof),
                None => request,
            })
        };
        let unbound = exchange(None).await;
        assert_eq!((unbound.status, &unbound.json()["error"]), (400, &json!("invalid_request")), "{unbound:?}");
        let weak = ClientKey::rs256("k").proof("POST", "oauth2/token", world.clock.now().timestamp(), json!({}));
        assert_eq!(exchange(Some(weak)).await.json()["error"], "invalid_dpop_proof");
        let proof = key.proof("POST", "oauth2/token", world.clock.now().timestamp(), json!({}));
        let tokens = exchange(Some(proof)).await;
        assert_eq!((tokens.status, &tokens.json()["token_type"]), (200, &json!("DPoP")), "{tokens:?}");
    }
}

on_both! {
    async fn fapi_2_takes_no_shared_secrets_and_says_so(dsn: String) {
        let world = world(&dsn, "fapi2").await;
        world.client("shop", confidential()).await;
        let form = [("grant_type", "client_credentials"), ("client_id", "shop"), ("client_secret", "a-secret-of-the-shop")];
        assert_eq!(world.token(&form).await.json()["error"], "invalid_client");
        let document = metadata(&world).await;
        assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
        assert_eq!(document["token_endpoint_auth_signing_alg_values_supported"], json!(["PS256", "ES256", "EdDSA", "Ed25519"]));
        assert_eq!(document["require_pushed_authorization_requests"], true);
        assert_eq!(document["response_types_supported"], json!(["code"]));
    }
}

on_both! {
    async fn what_is_bound_does_not_come_by_the_browser(dsn: String) {
        let world = World::start(&dsn).await;
        let mut body = confidential();
        body["dpop_bound_access_tokens"] = json!(true);
        world.client("shop", body).await;
        let reply = world.browser().get(&request(&["response_type=token"])).await;
        let location = reply.headers["location"].to_str().unwrap();
        assert!(location.contains("error=unsupported_response_type"), "{location}");
    }
}
