//! Session management (OpenID Connect Session Management 1.0): a client can tell that the login in a browser has changed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::world::{ISSUER, Reply, World, consent, login, read, request};

/// What the page behind `check_session_iframe` computes.
fn expected(state: &str, cookie: &str) -> String {
    let (_, salt) = state.split_once('.').unwrap();
    let text = format!("shop https://shop.test {cookie} {salt}");
    format!("{}.{salt}", URL_SAFE_NO_PAD.encode(openssl::sha::sha256(text.as_bytes())))
}

on_both!(
    async fn the_state_follows_the_login(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let state = |reply: &Reply| reply.sent("session_state").unwrap();
        let first = state(&browser.authorize(&request(&[]), login("ann", true), consent(false)).await);
        let cookie = browser.cookies["ory_hydra_session_state"].clone();
        assert_eq!(first, expected(&first, &cookie));
        // The same login: another salt, the same parts.
        let second = state(&browser.authorize(&request(&[]), login("ann", true), consent(false)).await);
        assert_ne!(first, second);
        assert_eq!(second, expected(&second, &cookie));
        // Another login.
        let third = state(&browser.authorize(&request(&["prompt=login"]), login("bob", true), consent(false)).await);
        let changed = browser.cookies["ory_hydra_session_state"].clone();
        assert_ne!(first, expected(&first, &changed));
        assert_eq!(third, expected(&third, &changed));
        // None.
        let challenge = browser.get(&format!("{ISSUER}oauth2/sessions/logout")).await.sent("logout_challenge").unwrap();
        let next = world.accept("logout", &challenge, json!(null)).await;
        browser.get(&next).await;
        assert!(!browser.cookies.contains_key("ory_hydra_session_state"));
        assert_ne!(third, expected(&third, ""));
        // Only OpenID Connect clients are told.
        let plain = browser.authorize(&request(&["scope=photos.read"]), login("ann", true), json!({})).await;
        assert_eq!(plain.sent("session_state"), None);
    }
);

on_both!(
    async fn scripts_read_the_state_and_nothing_else(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        browser.get(&next).await;
        for cookie in &browser.set {
            assert_eq!(cookie.contains("HttpOnly"), !cookie.starts_with("ory_hydra_session_state="), "{cookie}");
        }
        let page = read(world.public(Method::GET, "/oauth2/sessions/check")).await;
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors *"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "");
        assert!(page.body.contains("data-cookie=\"ory_hydra_session_state\""), "{}", page.body);
    }
);
