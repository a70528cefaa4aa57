//! The OAuth2 provider is told whose access has ended, until it has heard.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;
use shared_types::on_both;

use super::{
    provider::Provider,
    world::{World, parts},
};
use crate::world::client;

async fn wait(what: &str, come: impl Fn() -> bool) {
    for _ in 0..200 {
        if come() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what} did not come");
}

on_both! {
    async fn who_is_disabled_or_deleted_loses_what_others_hold_in_his_name(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, provider.config()).await;
        let browser = world.browser();
        let registered = browser.register("anna@example.org").await;
        let id = registered["identity"]["id"].as_str().unwrap().to_owned();
        let url = world.admin.join(&format!("admin/identities/{id}")).unwrap();
        let body = json!({"schema_id": "person", "state": "inactive", "traits": {"email": "anna@example.org"}});
        let (status, body) = parts(client().put(url.clone()).json(&body).send().await.unwrap()).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        let told = [format!("consent?subject={id}&all=true"), format!("login?subject={id}")];
        wait("the notice", || provider.revoked() == told).await;
        assert_eq!(client().delete(url).send().await.unwrap().status(), 204);
        wait("the second notice", || provider.revoked().len() == 4).await;
        world.stop().await;
    }
}

on_both! {
    async fn a_provider_that_is_down_hears_later(dsn: String) {
        let provider = Provider::start(false);
        provider.fails.store(true, Ordering::SeqCst);
        let world = World::start(&dsn, provider.config()).await;
        let id = world.create("anna@example.org").await["id"].as_str().unwrap().to_owned();
        let url = world.admin.join(&format!("admin/identities/{id}")).unwrap();
        assert_eq!(client().delete(url).send().await.unwrap().status(), 204);
        wait("the first try", || provider.revoked().len() == 1).await;
        provider.fails.store(false, Ordering::SeqCst);
        // Until its time the notice rests.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(provider.revoked().len(), 1);
        world.clock.advance(chrono::Duration::seconds(2));
        wait("the second try", || provider.revoked().len() == 3).await;
        world.clock.advance(chrono::Duration::hours(1));
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(provider.revoked().len(), 3, "what was heard is not said again");
        world.stop().await;
    }
}
