//! Health, version, figures, the state of the configuration.

use serde_json::json;
use shared_types::on_both;

use crate::world::{World, send};

on_both! {
    async fn the_service_says_how_it_is(dsn: String) {
        let world = World::start(&dsn).await;
        for path in ["/health/alive", "/health/ready"] {
            assert_eq!(send(world.public("GET", path)).await.body, json!({"status": "ok"}));
            assert_eq!(world.get(path).await.body, json!({"status": "ok"}));
        }
        assert!(world.get("/version").await.body["version"].as_str().unwrap().starts_with('v'));
        let config = world.get("/health/config").await;
        assert!(config.header("content-type").starts_with("text/plain"));
        assert_eq!(config.body.as_str().unwrap().len(), 64);
        world.get("/admin/identities/x").await;
        let figures = world.get("/metrics/prometheus").await.body.as_str().unwrap().to_owned();
        assert!(figures.contains("/admin/identities/{id}"), "{figures}");
        let echoed = send(world.public("GET", "/sessions/whoami").header("x-request-id", "req-7")).await;
        assert_eq!(echoed.body["error"]["request"], "req-7");
        assert!(echoed.header("cache-control").contains("no-store"));
        world.stop().await;
    }
}

on_both! {
    async fn a_revision_stands_for_the_configuration(dsn: String) {
        let world = World::with(&dsn, json!({"revision": "r-12"})).await;
        assert_eq!(world.get("/health/config").await.body, json!("r-12"));
        world.stop().await;
    }
}
