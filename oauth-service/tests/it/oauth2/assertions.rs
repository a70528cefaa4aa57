//! Clients that authenticate by what they sign: `private_key_jwt` and `client_secret_jwt` (RFC 7523, OpenID Connect Core 9).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use josekit::jws::{HS256, JwsSigner as _};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::{on_both, time::Clock as _};

use super::{
    auth::world::{ISSUER, Reply, World},
    signing::ClientKey,
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn robot(world: &World, key: &ClientKey, more: Value) {
    let mut body = json!({
        "grant_types": ["client_credentials"], "scope": "photos.read", "redirect_uris": [],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.client("robot", body).await;
}

async fn ask(world: &World, assertion: &str) -> Reply {
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", assertion)];
    world.token(&form).await
}

fn now(world: &World) -> i64 {
    world.clock.now().timestamp()
}

#[track_caller]
fn refused(reply: &Reply, error: &str) {
    assert_eq!(reply.json()["error"], error, "{reply:?}");
    assert_eq!(reply.status, if error == "jti_known" { 400 } else { 401 }, "{reply:?}");
}

on_both! {
    async fn a_signed_assertion_is_good_once(dsn: String) {
        let world = World::start(&dsn).await;
        for key in [ClientKey::es256("k"), ClientKey::ps256("k"), ClientKey::rs256("k")] {
            robot(&world, &key, json!({})).await;
            let assertion = key.assertion("robot", now(&world), json!({}));
            assert_eq!(ask(&world, &assertion).await.status, 200);
            // RFC 7523 3, 7: "MAY ensure that JWTs are not replayed".
            refused(&ask(&world, &assertion).await, "jti_known");
            world.admin(Method::DELETE, "/admin/clients/robot", None).await;
        }
    }
}

on_both! {
    async fn of_a_hundred_with_one_assertion_one_wins(dsn: String) {
        let world = World::start(&dsn).await;
        let key = ClientKey::es256("k");
        robot(&world, &key, json!({})).await;
        let assertion = key.assertion("robot", now(&world), json!({}));
        let all = futures_util::future::join_all((0..100).map(|_| ask(&world, &assertion))).await;
        assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 1);
    }
}

on_both! {
    async fn an_assertion_says_who_made_it_for_whom_and_when(dsn: String) {
        let world = World::start(&dsn).await;
        let key = ClientKey::es256("k");
        robot(&world, &key, json!({})).await;
        let at = now(&world);
        // RFC 7523 3, 1 to 4 and OpenID Connect Core 9: each claim must be there and right.
        for changes in [
            json!({"iss": "other"}), json!({"iss": null}), json!({"sub": "other"}), json!({"aud": "https://evil.test/"}),
            json!({"aud": null}), json!({"aud": []}), json!({"exp": at - 11}), json!({"exp": null}), json!({"exp": "soon"}),
            json!({"exp": at + 90_000}), json!({"nbf": at + 60}), json!({"iat": at + 60}), json!({"jti": null}), json!({"jti": ""}),
        ] {
            let reply = ask(&world, &key.assertion("robot", at, changes.clone())).await;
            assert_eq!((reply.status, &reply.json()["error"]), (401, &json!("invalid_client")), "{changes}: {reply:?}");
        }
        for aud in [json!(ISSUER), json!([ISSUER]), json!(format!("{ISSUER}oauth2/token")), json!(["x", format!("{ISSUER}oauth2/token")])] {
            let reply = ask(&world, &key.assertion("robot", at, json!({"aud": aud}))).await;
            assert_eq!(reply.status, 200, "{aud}: {reply:?}");
        }
        world.clock.advance(Duration::seconds(71));
        refused(&ask(&world, &key.assertion("robot", at, json!({}))).await, "invalid_client");
    }
}

on_both! {
    async fn the_key_and_the_algorithm_are_the_registered_ones(dsn: String) {
        let world = World::start(&dsn).await;
        let key = ClientKey::rs256("k");
        robot(&world, &key, json!({"token_endpoint_auth_signing_alg": "RS256"})).await;
        let at = now(&world);
        let claims = json!({"iss": "robot", "sub": "robot", "aud": ISSUER, "exp": at + 60, "jti": "once"});
        let stranger = ClientKey::rs256("k");
        refused(&ask(&world, &stranger.assertion("robot", at, json!({}))).await, "invalid_client");
        // A key in the header is the sender's word for himself.
        let injected = stranger.sign(json!({"jwk": stranger.jwk()}), &claims);
        refused(&ask(&world, &injected).await, "invalid_client");
        let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
        refused(&ask(&world, &none).await, "invalid_client");
        // The public key is no secret: nothing signed with it as one is believed.
        let public = key.jwk().to_string();
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"k"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = HS256.signer_from_bytes(public.as_bytes()).unwrap().sign(message.as_bytes()).unwrap();
        refused(&ask(&world, &format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))).await, "invalid_client");
        refused(&ask(&world, &key.sign(json!({"crit": ["exp"]}), &claims)).await, "invalid_client");
        refused(&ask(&world, &key.sign(json!({"alg": "PS256"}), &claims)).await, "invalid_client");
        // None of that has spent the jti.
        assert_eq!(ask(&world, &key.sign(json!({}), &claims)).await.status, 200);
    }
}

on_both! {
    async fn a_client_may_sign_with_its_secret(dsn: String) {
        let world = World::start(&dsn).await;
        let made = world
            .client("robot", json!({"grant_types": ["client_credentials"], "scope": "a", "token_endpoint_auth_method": "client_secret_jwt"}))
            .await;
        let secret = made["client_secret"].as_str().unwrap().to_owned();
        let at = now(&world);
        let signed = |secret: &str, jti: &str| {
            let claims = json!({"iss": "robot", "sub": "robot", "aud": ISSUER, "exp": at + 60, "jti": jti});
            let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
            let signature = HS256.signer_from_bytes(secret.as_bytes()).unwrap().sign(message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        assert_eq!(ask(&world, &signed(&secret, "1")).await.status, 200);
        refused(&ask(&world, &signed(&format!("{secret}x"), "2")).await, "invalid_client");
        // Rotated, the old secret stays good until it is dropped, as every other does.
        let rotated = world.admin(Method::POST, "/admin/clients/robot/secrets/rotate", None).await.json();
        let fresh = rotated["client_secret"].as_str().unwrap().to_owned();
        assert_eq!(ask(&world, &signed(&fresh, "3")).await.status, 200);
        assert_eq!(ask(&world, &signed(&secret, "4")).await.status, 200);
        world.admin(Method::DELETE, "/admin/clients/robot/secrets/rotate", None).await;
        refused(&ask(&world, &signed(&secret, "5")).await, "invalid_client");
        // The secret alone is not the registered way.
        let posted = [("grant_type", "client_credentials"), ("client_id", "robot"), ("client_secret", fresh.as_str())];
        assert_eq!(world.token(&posted).await.json()["error"], "invalid_client");
    }
}

on_both! {
    async fn a_client_that_begins_to_sign_with_its_secret_sends_it(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("robot", json!({"token_endpoint_auth_method": "client_secret_basic"})).await;
        let patch = |more: Value| {
            let mut operations = vec![json!({"op": "replace", "path": "/token_endpoint_auth_method", "value": "client_secret_jwt"})];
            operations.extend(more.as_array().unwrap().iter().cloned());
            world.admin(Method::PATCH, "/admin/clients/robot", Some(Value::Array(operations)))
        };
        let reply = patch(json!([])).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("invalid_client_metadata")), "{reply:?}");
        let with_secret = json!([{"op": "add", "path": "/client_secret", "value": "a-new-secret-of-mine-that-is-long-enough"}]);
        assert_eq!(patch(with_secret).await.status, 200);
    }
}

on_both! {
    async fn one_request_authenticates_in_one_way(dsn: String) {
        let world = World::start(&dsn).await;
        let key = ClientKey::es256("k");
        robot(&world, &key, json!({})).await;
        let assertion = key.assertion("robot", now(&world), json!({}));
        let base = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", assertion.as_str())];
        let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();
        // RFC 6749 2.3: "MUST NOT use more than one authentication method in each request".
        assert_eq!(world.token(&with(&[("client_id", "robot"), ("client_secret", "x")])).await.json()["error"], "invalid_request");
        // RFC 7521 4.2: a client_id beside the assertion names the same client.
        assert_eq!(world.token(&with(&[("client_id", "other")])).await.json()["error"], "invalid_request");
        let typeless = [("grant_type", "client_credentials"), ("client_assertion", assertion.as_str())];
        assert_eq!(world.token(&typeless).await.json()["error"], "invalid_client");
        assert_eq!(world.token(&with(&[("client_id", "robot")])).await.status, 200);
    }
}
