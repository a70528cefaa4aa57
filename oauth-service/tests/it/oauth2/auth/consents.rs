//! When a consent is remembered, and when it is asked for all the same.

use chrono::Duration;
use serde_json::json;
use shared_types::on_both;

use super::world::{Browser, World, consent, login, request};

async fn skips(world: &World, browser: &mut Browser<'_>, changes: &[&str]) -> bool {
    let challenge = browser.log_in(&request(changes), login("ann", true)).await;
    world.page("consent", "", &challenge, json!(null)).await.json()["skip"].as_bool().unwrap()
}

on_both!(
    async fn a_remembered_consent_covers_no_more_than_it_granted(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        assert!(!skips(&world, &mut browser, &[]).await);
        browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        assert!(skips(&world, &mut browser, &[]).await);
        assert!(skips(&world, &mut browser, &["scope=openid"]).await);
        assert!(!skips(&world, &mut browser, &["scope=openid photos.write"]).await);
        assert!(!skips(&world, &mut browser, &["prompt=consent"]).await);
        // Another person is asked for himself.
        let challenge = world.browser().log_in(&request(&[]), login("bob", true)).await;
        assert_eq!(world.page("consent", "", &challenge, json!(null)).await.json()["skip"], false);
    }
);

on_both!(
    async fn a_consent_is_forgotten_in_time(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let mut hour = consent(true);
        hour["remember_for"] = json!(3_600);
        browser.authorize(&request(&[]), login("ann", true), hour).await;
        world.clock.advance(Duration::seconds(3_599));
        assert!(skips(&world, &mut browser, &[]).await);
        world.clock.advance(Duration::seconds(1));
        assert!(!skips(&world, &mut browser, &[]).await);
    }
);

on_both!(
    async fn a_consent_for_once_is_for_once(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        assert!(!skips(&world, &mut browser, &[]).await);
    }
);

on_both!(
    async fn an_app_others_can_pass_for_is_asked_each_time(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"] })).await;
        let mut browser = world.browser();
        let private = ["redirect_uri=com.example.app:/cb"];
        browser.authorize(&request(&private), login("ann", true), consent(true)).await;
        assert!(!skips(&world, &mut browser, &private).await);
        assert!(skips(&world, &mut browser, &["redirect_uri=http://127.0.0.1:5000/cb"]).await);
    }
);

on_both!(
    async fn exact_scopes_need_exact_consents(dsn: String) {
        let world = World::with(&dsn, json!({ "strategies": { "scope": "exact" } })).await;
        world.client("shop", json!({ "scope": "openid photos.* photos.read" })).await;
        let mut browser = world.browser();
        let all = json!({ "grant_scope": ["openid", "photos.*"], "remember": true });
        browser.authorize(&request(&["scope=openid photos.*"]), login("ann", true), all).await;
        assert!(skips(&world, &mut browser, &["scope=openid photos.*"]).await);
        assert!(!skips(&world, &mut browser, &["scope=openid photos.read"]).await);
        let refused = browser.get(&request(&["scope=openid photos.write"])).await;
        assert_eq!(refused.sent("error").as_deref(), Some("invalid_scope"));
    }
);
