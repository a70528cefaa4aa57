//! `/self-service/errors`.

use serde_json::json;
use shared_types::on_both;

use super::world::{World, parts};

on_both! {
    async fn unknown_errors_are_not_found(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        assert_eq!(browser.get("/self-service/errors").await.status(), 404);
        for id in ["nonsense", "00000000-0000-4000-8000-000000000000", "%00"] {
            assert_eq!(browser.get(&format!("/self-service/errors?id={id}")).await.status(), 404, "{id}");
        }
        let (status, body) = parts(browser.get("/self-service/errors?error=stub:500").await).await;
        assert_eq!((status, &body["error"]["code"]), (200, &json!(500)));
        world.stop().await;
    }
}
