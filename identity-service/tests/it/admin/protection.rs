//! Nobody promotes himself: protected traits cannot be set or changed by who owns them.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{PASSWORD, World, send};

async fn register(world: &World, traits: Value) -> crate::world::Answer {
    let flow = send(world.public("GET", "/self-service/registration/api")).await;
    let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
    let body = json!({"method": "password", "password": PASSWORD, "traits": traits});
    send(world.client.post(action).json(&body)).await
}

on_both! {
    async fn a_registration_cannot_name_a_role(dsn: String) {
        let world = World::start(&dsn).await;
        for (name, value) in [
            ("role", json!("admin")),
            ("company_id", json!("c-9")),
            ("permissions", json!(["everything"])),
            ("created_at", json!("2001-01-01T00:00:00Z")),
        ] {
            let mut traits = json!({"email": "eva@example.org"});
            traits[name] = value;
            let answer = register(&world, traits).await;
            assert_eq!(answer.status, 400, "{name}: {answer:?}");
            assert!(answer.body["ui"].is_object(), "{name}");
        }
        assert_eq!(world.get("/admin/identities").await.body, json!([]));
        let answer = register(&world, json!({"email": "eva@example.org"})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let stored = world.get("/admin/identities").await.body;
        assert_eq!(stored[0]["traits"], json!({"email": "eva@example.org"}));
        world.stop().await;
    }
}
