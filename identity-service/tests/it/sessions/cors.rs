//! CORS on the public port, as configured.

use serde_json::json;
use shared_types::on_both;

use crate::world::{World, send};

on_both! {
    async fn configured_origins_may_read(dsn: String) {
        let cors = json!({"enabled": true, "allowed_origins": ["https://app.example.org"]});
        let world = World::with(&dsn, json!({"serve": {"public": {"cors": cors}}})).await;
        let from = |origin: &str| send(world.public("GET", "/sessions/whoami").header("origin", origin));
        let allowed = from("https://app.example.org").await;
        assert_eq!(allowed.status, 401);
        assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.org");
        assert_eq!(allowed.header("access-control-allow-credentials"), "true");
        assert_eq!(from("https://evil.example").await.header("access-control-allow-origin"), "");
        let preflight = world
            .public("OPTIONS", "/self-service/login")
            .header("origin", "https://app.example.org")
            .header("access-control-request-method", "POST");
        let preflight = send(preflight).await;
        assert!(preflight.status < 300 && preflight.header("access-control-allow-methods").contains("POST"));
        world.stop().await;
    }
}

on_both! {
    async fn without_configuration_nobody_else_may_read(dsn: String) {
        let world = World::start(&dsn).await;
        let answer = send(world.public("GET", "/schemas").header("origin", "https://app.example.org")).await;
        assert_eq!(answer.header("access-control-allow-origin"), "");
        world.stop().await;
    }
}
