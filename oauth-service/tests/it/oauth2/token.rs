//! `POST /oauth2/token` for authorization codes and client credentials.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::auth::world::{CALLBACK, ISSUER, VERIFIER, World, consent, login, read, request};

/// Logs `ann` in and returns a code for `shop`.
pub(super) async fn code(world: &World) -> String {
    let reply = world.browser().authorize(&request(&[]), login("ann", true), consent(false)).await;
    reply.sent("code").unwrap()
}

/// Logs `ann` in and returns tokens for `shop`.
pub(super) async fn tokens(world: &World) -> Value {
    world.redeem("shop", &code(world).await).await
}

/// The header or the claims of a JWT.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

on_both!(
    async fn a_code_is_exchanged_for_tokens_that_say_who_and_what(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let reply = world.exchange("shop", &code(&world).await).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
        let tokens = reply.json();
        assert_eq!((text(&tokens, "token_type"), tokens["expires_in"].as_i64()), ("bearer", Some(900)));
        assert_eq!(text(&tokens, "scope"), "openid offline photos.read");
        assert!(text(&tokens, "access_token").starts_with("ory_at_"));
        assert!(text(&tokens, "refresh_token").starts_with("ory_rt_"));
        let claims = part(text(&tokens, "id_token"), 1);
        assert_eq!((text(&claims, "iss"), text(&claims, "sub")), (ISSUER, "ann"));
        assert_eq!(claims["aud"], json!(["shop"]));
        assert_eq!(text(&claims, "nonce"), "a-nonce-of-some-length");
        assert_eq!((text(&claims, "acr"), &claims["amr"]), ("1", &json!(["pwd"])));
        assert_eq!(text(&claims, "role"), "buyer");
        for name in ["iat", "exp", "rat", "auth_time"] {
            assert!(claims[name].is_i64(), "{name}: {claims}");
        }
        for name in ["sid", "jti", "at_hash"] {
            assert!(claims[name].is_string(), "{name}: {claims}");
        }
    }
);

on_both!(
    async fn of_a_hundred_who_bring_one_code_one_gets_tokens_and_loses_them(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let code = code(&world).await;
        let replies = futures_util::future::join_all((0..100).map(|_| world.exchange("shop", &code))).await;
        let good: Vec<Value> = replies.iter().filter(|reply| reply.status == 200).map(|reply| reply.json()).collect();
        assert_eq!(good.len(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!((reply.status, text(&reply.json(), "error")), (400, "invalid_grant"));
        }
        // RFC 6749 4.1.2: what the code yielded is revoked when it comes again.
        assert_eq!(world.exchange("shop", &code).await.status, 400);
        assert_eq!(world.introspect(text(&good[0], "access_token")).await, json!({ "active": false }));
        assert_eq!(world.introspect(text(&good[0], "refresh_token")).await, json!({ "active": false }));
    }
);

on_both!(
    async fn a_code_is_bound_to_its_request(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        world.client("bank", json!({})).await;
        let good = [
            ("grant_type", "authorization_code"),
            ("client_id", "shop"),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let other = "x".repeat(43);
        let changes: [(&str, Option<&str>); 7] = [
            ("client_id", Some("bank")),
            ("redirect_uri", Some("https://shop.test/cb2")),
            ("redirect_uri", None),
            ("code_verifier", Some(&other)),
            ("code_verifier", Some("short")),
            ("code_verifier", None),
            ("code", Some("ory_ac_unknown.unknown")),
        ];
        let code = code(&world).await;
        for (name, value) in changes {
            let mut form: Vec<(&str, &str)> = good.to_vec();
            form.push(("code", &code));
            form.retain(|(known, _)| *known != name);
            form.extend(value.map(|value| (name, value)));
            let reply = world.token(&form).await;
            assert_eq!((reply.status, text(&reply.json(), "error")), (400, "invalid_grant"), "{name} {value:?}");
        }
        // None of them has spent it.
        assert_eq!(world.exchange("shop", &code).await.status, 200);
    }
);

on_both!(
    async fn a_code_lives_ten_minutes(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let (first, second) = (code(&world).await, code(&world).await);
        world.clock.advance(Duration::seconds(599));
        assert_eq!(world.exchange("shop", &first).await.status, 200);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(text(&world.exchange("shop", &second).await.json(), "error"), "invalid_grant");
    }
);

/// A form, the status and the error it is answered with.
type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

on_both!(
    async fn a_request_must_be_one(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let cases: [Case<'_>; 6] = [
            (&[], 400, "invalid_request"),
            (&[("client_id", "shop")], 400, "invalid_request"),
            (&[("client_id", "shop"), ("grant_type", "password")], 400, "invalid_request"),
            (&[("client_id", "nobody"), ("grant_type", "refresh_token")], 401, "invalid_client"),
            (&[("client_id", "shop"), ("grant_type", "refresh_token"), ("grant_type", "x")], 400, "invalid_request"),
            (&[("client_id", "shop"), ("grant_type", "client_credentials")], 400, "unauthorized_client"),
        ];
        for (form, status, error) in cases {
            let reply = world.token(form).await;
            assert_eq!(reply.status, status, "{form:?}: {reply:?}");
            let body = reply.json();
            assert_eq!(text(&body, "error"), error, "{form:?}: {body}");
            assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["error", "error_description"]);
        }
    }
);

on_both!(
    async fn jwt_access_tokens_are_signed_as_configured(dsn: String) {
        for alg in ["RS256", "ES256"] {
            let database = json!({ "strategies": { "access_token": "jwt" }, "oauth2": { "access_token_alg": alg } });
            let world = World::with(&dsn, database).await;
            let id = alg.to_lowercase();
            world
                .client(
                    &id,
                    json!({
                        "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic",
                        "client_secret": "a-secret-of-length", "scope": "photos.read", "audience": ["https://api.test"],
                    }),
                )
                .await;
            let form =
                [("grant_type", "client_credentials"), ("scope", "photos.read"), ("audience", "https://api.test")];
            let call = world.public(Method::POST, "/oauth2/token").basic_auth(&id, Some("a-secret-of-length"));
            let reply = read(call.form(&form)).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            let token = text(&reply.json(), "access_token").to_owned();
            let (header, claims) = (part(&token, 0), part(&token, 1));
            assert_eq!(text(&header, "typ"), "JWT");
            assert_eq!((text(&claims, "iss"), text(&claims, "sub"), text(&claims, "client_id")), (ISSUER, &*id, &*id));
            assert_eq!((&claims["aud"], &claims["scp"]), (&json!(["https://api.test"]), &json!(["photos.read"])));
            let keys = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json();
            let keys = keys["keys"].as_array().unwrap().clone();
            let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
            assert_eq!(key["alg"], header["alg"]);
            assert!(keys.iter().all(|key| key.get("d").is_none()));
            let found = world.introspect(&token).await;
            assert_eq!((&found["active"], text(&found, "token_use")), (&json!(true), "access_token"));
            world.stop().await;
        }
    }
);

on_both!(
    async fn a_wrong_secret_is_no_client(dsn: String) {
        let world = World::start(&dsn).await;
        let secret =
            json!({ "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"] });
        let client = world.client("shop", secret).await;
        let form = |secret: &str| {
            [("grant_type", "client_credentials"), ("client_id", "shop"), ("client_secret", secret)]
                .map(|(name, value)| (name, value.to_owned()))
        };
        let ask = async |secret: &str| {
            let form = form(secret);
            let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            world.token(&pairs).await
        };
        assert_eq!(ask(text(&client, "client_secret")).await.status, 200);
        let refused = ask("not the secret").await;
        assert_eq!((refused.status, text(&refused.json(), "error")), (401, "invalid_client"));
        assert_eq!(refused.header("www-authenticate"), "");
        // Basic is not how this client is registered.
        let form = [("grant_type", "client_credentials")];
        let call = world.public(Method::POST, "/oauth2/token").basic_auth("shop", Some(text(&client, "client_secret")));
        let basic = read(call.form(&form)).await;
        assert_eq!(basic.status, 401);
        assert!(basic.header("www-authenticate").starts_with("Basic"), "{basic:?}");
    }
);

on_both!(
    async fn jwt_access_tokens_look_as_rfc_9068_wants_where_it_is_chosen(dsn: String) {
        let config = json!({ "strategies": { "access_token": "jwt", "jwt": { "profile": "rfc9068" } } });
        let world = World::with(&dsn, config).await;
        world.client("shop", json!({})).await;
        let tokens = tokens(&world).await;
        let (access, id_token) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
        // RFC 9068 2.1: "at+jwt", so that no ID token passes for an access token.
        assert_eq!((text(&part(access, 0), "typ"), text(&part(id_token, 0), "typ")), ("at+jwt", "JWT"));
        let (claims, id) = (part(access, 1), part(id_token, 1));
        // 2.2.1 and 2.2.3; 3: without a resource the default one, the server itself.
        assert_eq!((&claims["auth_time"], &claims["amr"]), (&id["auth_time"], &id["amr"]));
        assert_eq!((text(&claims, "scope"), &claims["aud"]), (text(&tokens, "scope"), &json!([ISSUER])));
        assert_eq!(world.introspect(access).await["active"], true);
        let call = world.public(Method::GET, "/userinfo").bearer_auth(access);
        assert_eq!(text(&read(call).await.json(), "sub"), text(&id, "sub"));
        world.stop().await;
    }
);
