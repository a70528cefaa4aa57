//! Days of traffic: what is over leaves the database by itself, so that its tables do not grow with the years.

use std::collections::BTreeMap;

use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use shared_types::{on_both, testing::table_sizes, time::Clock as _};

use super::{
    auth::world::{LOGOUT_PAGE, World, consent, login, read, request},
    signing::ClientKey,
    token::text,
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const PAGE: &str = "https://pages.test/device";

async fn start(dsn: &str, key: &ClientKey) -> World {
    let world = World::with(dsn, json!({ "urls": { "device": { "verification": PAGE } } })).await;
    world.client("shop", json!({})).await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    world.client("tv", json!({ "grant_types": [device, "refresh_token"] })).await;
    let robot = json!({
        "grant_types": ["client_credentials"], "scope": "photos.read", "redirect_uris": [], "jwks": key.jwks(),
        "token_endpoint_auth_method": "private_key_jwt", "access_token_strategy": "jwt",
    });
    world.client("robot", robot).await;
    world
}

/// A person signs in, stays signed in, comes again without being asked, refreshes and revokes.
async fn people(world: &World, day: usize) {
    for name in ["ann", "bob", "cid"] {
        let mut browser = world.browser();
        let reply = browser.authorize(&request(&[]), login(name, true), consent(true)).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        let refreshed = world.refresh("shop", text(&tokens, "refresh_token")).await.json();
        world.refresh("shop", text(&refreshed, "refresh_token")).await;
        // Asked again, in the same browser; the code is left lying.
        browser.authorize(&request(&["prompt=login"]), login(name, true), consent(false)).await;
        // Somebody who closes the window.
        world.browser().start(&request(&[])).await;
        let again = world.browser().authorize(&request(&[]), login(name, true), consent(true)).await;
        let revoked = world.redeem("shop", &again.sent("code").unwrap()).await;
        let form = [("client_id", "shop"), ("token", text(&revoked, "refresh_token"))];
        assert_eq!(read(world.public(Method::POST, "/oauth2/revoke").form(&form)).await.status, 200);
        if day.is_multiple_of(2) {
            let left = browser.get(&format!("{}oauth2/sessions/logout", super::auth::world::ISSUER)).await;
            assert_eq!(left.target(), LOGOUT_PAGE, "{left:?}");
            world.accept("logout", &left.sent("logout_challenge").unwrap(), json!({})).await;
        }
    }
}

/// Robots, devices nobody looks after, and requests that are pushed and forgotten.
async fn machines(world: &World, key: &ClientKey) {
    for _ in 0..5 {
        let assertion = key.assertion("robot", world.clock.now().timestamp(), json!({}));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", assertion.as_str()),
        ];
        assert_eq!(world.token(&form).await.status, 200);
        let form = [("client_id", "tv"), ("scope", "openid offline photos.read")];
        assert_eq!(read(world.public(Method::POST, "/oauth2/device/auth").form(&form)).await.status, 200);
        let url = url::Url::parse(&request(&[])).unwrap();
        let form: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(read(world.public(Method::POST, "/oauth2/par").form(&form)).await.status, 201);
    }
}

async fn sizes(world: &World, dsn: &str) -> BTreeMap<String, i64> {
    // A round looks at so many rows only; the next goes on.
    for _ in 0..3 {
        world.housekeep().await;
    }
    table_sizes(dsn)
}

on_both! {
    async fn tables_stay_as_they_are_whatever_comes_and_goes(dsn: String) {
        let key = ClientKey::es256("k");
        let world = start(&dsn, &key).await;
        let mut after = Vec::new();
        for day in 0..6 {
            people(&world, day).await;
            machines(&world, &key).await;
            let busy = table_sizes(&dsn);
            for table in ["access_tokens", "refresh_tokens", "authorization_codes", "device_requests", "used_nonces", "consents"] {
                assert!(busy[table] > 0, "no {table} to be removed: {busy:?}");
            }
            // Longer than a refresh token lives, and a login is remembered.
            world.clock.advance(Duration::days(40));
            after.push(sizes(&world, &dsn).await);
        }
        let (second, last) = (&after[1], &after[5]);
        assert_eq!(second, last, "{after:#?}");
        assert_eq!((last["access_tokens"], last["refresh_tokens"], last["authorization_codes"]), (0, 0, 0));
        world.stop().await;
    }
}
