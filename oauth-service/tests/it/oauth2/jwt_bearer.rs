//! The jwt-bearer grant and the issuers it believes: RFC 7523.

use chrono::Duration;
use josekit::{
    jwk::{Jwk, alg::ec::EcCurve},
    jws::{ES256, JwsHeader},
    jwt::{self, JwtPayload},
};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{Reply, World, read},
    token::{part, text},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const PATH: &str = "/admin/trust/grants/jwt-bearer/issuers";
const ISSUER: &str = "https://partner.test";

fn key(kid: &str) -> Jwk {
    let mut key = Jwk::generate_ec_key(EcCurve::P256).unwrap();
    key.set_key_id(kid);
    key
}

fn public(key: &Jwk) -> Value {
    let mut members = key.as_ref().clone();
    members.remove("d");
    Value::Object(members)
}

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn trust(key: &Jwk, changes: Value) -> Value {
    let mut body = json!({
        "issuer": ISSUER, "subject": "ann", "scope": ["photos.read", "photos.write"], "jwk": public(key),
        "expires_at": "2026-04-01T00:00:00Z",
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn believe(world: &World, key: &Jwk, changes: Value) -> Value {
    let reply = world.admin(Method::POST, PATH, Some(trust(key, changes))).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

async fn start(dsn: &str, more: Value) -> World {
    let world = World::with(dsn, more).await;
    let machine = json!({
        "grant_types": [GRANT], "token_endpoint_auth_method": "client_secret_basic", "client_secret": "a-secret-of-length",
        "scope": "photos.read openid", "audience": ["https://api.test"], "jwt_bearer_grant_access_token_lifespan": "33m",
    });
    world.client("machine", machine).await;
    world
}

/// An assertion of the partner about `ann`, made at noon when the tests begin; `null` takes a claim away.
#[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn assertion(key: &Jwk, changes: Value) -> String {
    let noon = 1_772_366_400;
    let mut claims = json!({
        "iss": ISSUER, "sub": "ann", "aud": "https://id.test/oauth2/token", "iat": noon, "exp": noon + 300, "jti": "one",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let mut header = JwsHeader::new();
    if let Some(kid) = key.key_id() {
        header.set_key_id(kid);
    }
    let payload = JwtPayload::from_map(claims.as_object().unwrap().clone()).unwrap();
    jwt::encode_with_signer(&payload, &header, &ES256.signer_from_jwk(key).unwrap()).unwrap()
}

async fn exchange(world: &World, assertion: &str, more: &[(&str, &str)]) -> Reply {
    let mut form = vec![("grant_type", GRANT), ("assertion", assertion)];
    form.extend(more);
    read(world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some("a-secret-of-length")).form(&form))
        .await
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "error").to_owned())
}

fn is(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

on_both! {
    async fn the_word_of_a_trusted_issuer_yields_a_token(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let metadata = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
        let key = key("k1");
        believe(&world, &key, json!({})).await;
        let word = assertion(&key, json!({}));
        let reply = exchange(&world, &word, &[("scope", "photos.read"), ("audience", "https://api.test")]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let tokens = reply.json();
        assert_eq!((text(&tokens, "scope"), &tokens["expires_in"]), ("photos.read", &json!(1980)));
        assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
        let found = world.introspect(text(&tokens, "access_token")).await;
        assert_eq!((text(&found, "sub"), text(&found, "client_id")), ("ann", "machine"));
        assert_eq!(found["aud"], json!(["https://api.test"]), "not the assertion's own");
        // RFC 7523 3, point 7: an assertion is good once.
        assert_eq!(error(&exchange(&world, &word, &[]).await), is(400, "jti_known"));
    }
}

on_both! {
    async fn what_is_wrong_with_an_assertion_is_told(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let (good, other) = (key("k1"), key("k1"));
        believe(&world, &good, json!({})).await;
        let noon = 1_772_366_400_i64;
        let cases = [
            json!({"iss": null}), json!({"iss": "https://stranger.test"}), json!({"sub": null}), json!({"sub": "bob"}),
            json!({"aud": null}), json!({"aud": "https://other.test"}), json!({"exp": null}), json!({"exp": noon - 11}),
            json!({"nbf": noon + 60}), json!({"iat": null}), json!({"iat": noon + 60}), json!({"jti": null}),
            json!({"exp": noon + 721 * 3600}),
        ];
        for changes in cases {
            let reply = exchange(&world, &assertion(&good, changes.clone()), &[]).await;
            assert_eq!(error(&reply), is(400, "invalid_grant"), "{changes}");
        }
        // RFC 7523 3, point 9: the signature is that of the issuer's key.
        assert_eq!(error(&exchange(&world, &assertion(&other, json!({})), &[]).await), is(400, "invalid_grant"));
        let word = assertion(&good, json!({}));
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", word.split('.').nth(1).unwrap());
        for text in [unsigned.as_str(), "x", "x.y.z"] {
            assert_eq!(error(&exchange(&world, text, &[]).await), is(400, "invalid_grant"));
        }
        let missing = read(world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some("a-secret-of-length")).form(&[("grant_type", GRANT)])).await;
        assert_eq!(error(&missing), is(400, "invalid_request"));
        assert_eq!(error(&world.token(&[("grant_type", GRANT), ("assertion", &word)]).await), is(400, "invalid_request"));
        world.client("shop", json!({})).await;
        let form = [("grant_type", GRANT), ("assertion", word.as_str()), ("client_id", "shop")];
        assert_eq!(error(&world.token(&form).await), is(400, "unauthorized_client"));
        // Neither more than the issuer may hand out, nor more than the client may have.
        for (scope, status) in [("photos.delete", 400), ("photos.write", 400), ("openid", 400), ("photos.read", 200)] {
            let word = assertion(&good, json!({"jti": scope}));
            assert_eq!(exchange(&world, &word, &[("scope", scope)]).await.status, status, "{scope}");
        }
        // None of the refusals had spent the assertion.
        assert_eq!(exchange(&world, &word, &[]).await.status, 200);
    }
}

on_both! {
    async fn a_trust_ends_by_its_day_or_by_hand(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let (first, second) = (key("k1"), key("k2"));
        believe(&world, &first, json!({"expires_at": "2026-03-01T12:01:00Z"})).await;
        let kept = believe(&world, &second, json!({"subject": "", "allow_any_subject": true})).await;
        assert_eq!(exchange(&world, &assertion(&first, json!({})), &[]).await.status, 200);
        world.clock.advance(Duration::minutes(1));
        let late = exchange(&world, &assertion(&first, json!({"jti": "two"})), &[]).await;
        assert_eq!(error(&late), is(400, "invalid_grant"));
        assert_eq!(exchange(&world, &assertion(&second, json!({"jti": "three", "sub": "anybody"})), &[]).await.status, 200);
        // Without a kid the keys of the issuer are tried.
        let mut nameless = second.clone();
        nameless.set_parameter("kid", None).unwrap();
        assert_eq!(exchange(&world, &assertion(&nameless, json!({"jti": "four"})), &[]).await.status, 200);
        let path = format!("{PATH}/{}", text(&kept, "id"));
        assert_eq!(world.admin(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(error(&exchange(&world, &assertion(&second, json!({"jti": "five"})), &[]).await), is(400, "invalid_grant"));
        assert_eq!(world.admin(Method::GET, &path, None).await.status, 404);
        assert_eq!(world.admin(Method::GET, "/admin/keys/https%3A%2F%2Fpartner.test/k2", None).await.status, 404, "its key went with it");
        // What ended by its day is removed by housekeeping.
        world.clock.advance(Duration::hours(1));
        world.housekeep().await;
        assert_eq!(world.admin(Method::GET, PATH, None).await.json(), json!([]));
        assert_eq!(world.admin(Method::GET, "/admin/keys/https%3A%2F%2Fpartner.test/k1", None).await.status, 404);
    }
}

on_both! {
    async fn trusts_are_made_listed_and_read(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let key = key("k1");
        let made = world.admin(Method::POST, PATH, Some(trust(&key, json!({})))).await;
        let body = made.json();
        assert_eq!(made.header("location"), format!("/trust/grants/jwt-bearer/issuers/{}", text(&body, "id")));
        let expected = json!({
            "id": body["id"], "issuer": ISSUER, "subject": "ann", "allow_any_subject": false,
            "scope": ["photos.read", "photos.write"], "public_key": {"set": ISSUER, "kid": "k1"},
            "created_at": "2026-03-01T12:00:00Z", "expires_at": "2026-04-01T00:00:00Z",
        });
        assert_eq!(body, expected);
        assert_eq!(world.admin(Method::GET, &format!("{PATH}/{}", text(&body, "id")), None).await.json(), expected);
        let again = world.admin(Method::POST, PATH, Some(trust(&key, json!({})))).await;
        assert_eq!(error(&again), is(409, "conflict"));
        believe(&world, &key, json!({"subject": "bob"})).await;
        let other = Jwk::generate_ec_key(EcCurve::P256).map(|mut key| { key.set_key_id("k1"); key }).unwrap();
        let taken = world.admin(Method::POST, PATH, Some(trust(&other, json!({"subject": "eve"})))).await;
        assert_eq!(error(&taken), is(409, "conflict"), "another key under the id of a trusted one");
        believe(&world, &key, json!({"issuer": "https://third.test"})).await;
        let page = world.admin(Method::GET, &format!("{PATH}?page_size=2"), None).await;
        assert_eq!((page.json().as_array().unwrap().len(), page.header("link").contains("rel=\"next\"")), (2, true));
        let of = world.admin(Method::GET, &format!("{PATH}?issuer=https%3A%2F%2Fthird.test"), None).await.json();
        assert_eq!(of.as_array().unwrap().len(), 1);
    }
}

on_both! {
    async fn a_trust_that_cannot_be_is_refused(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let key = key("k1");
        for (changes, name) in [
            (json!({"issuer": null}), "missing_required_parameter"),
            (json!({"subject": ""}), "missing_required_parameter"),
            (json!({"allow_any_subject": true}), "missing_required_parameter"),
            (json!({"jwk": null}), "missing_required_parameter"),
            (json!({"expires_at": null}), "missing_required_parameter"),
            (json!({"expires_at": "2026-02-01T00:00:00Z"}), "invalid_request"),
            (json!({"expires_at": "tomorrow"}), "invalid_request"),
            (json!({"scope": ["a b"]}), "invalid_request"),
            (json!({"jwk": key.as_ref()}), "invalid_request"),
            (json!({"jwk": {"kty": "oct", "k": "AAAA", "kid": "k"}}), "invalid_request"),
            (json!({"issuer": "hydra.openid.id-token"}), "invalid_request"),
        ] {
            let reply = world.admin(Method::POST, PATH, Some(trust(&key, changes.clone()))).await;
            assert_eq!(error(&reply), is(400, name), "{changes}");
        }
    }
}

on_both! {
    async fn what_is_demanded_of_assertions_is_configured(dsn: String) {
        let rules = json!({"jti_optional": true, "iat_optional": true, "max_ttl": "10m", "omit_assertion_audience": false});
        let world = start(&dsn, json!({"oauth2": {"grant": {"jwt": rules}}, "strategies": {"access_token": "jwt"}})).await;
        let key = key("k1");
        believe(&world, &key, json!({})).await;
        let noon = 1_772_366_400;
        let bare = assertion(&key, json!({"jti": null, "iat": null}));
        let reply = exchange(&world, &bare, &[]).await;
        assert_eq!(part(text(&reply.json(), "access_token"), 1)["aud"], json!(["https://id.test/oauth2/token"]));
        assert_eq!(exchange(&world, &bare, &[]).await.status, 200, "without a jti it cannot be known again");
        let long = assertion(&key, json!({"exp": noon + 601}));
        assert_eq!(error(&exchange(&world, &long, &[]).await), is(400, "invalid_grant"));
        let long = assertion(&key, json!({"exp": noon + 601, "iat": null}));
        assert_eq!(error(&exchange(&world, &long, &[]).await), is(400, "invalid_grant"));
    }
}
