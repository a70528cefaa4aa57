//! By a code or link that an administrator hands over.

use serde_json::{Value, json};
use shared_types::on_both;

use super::redeem;
use crate::{
    self_service::{
        people::{everything, whoami, with},
        world::{World, location, parts},
    },
    world::client,
};

async fn order(world: &World, path: &str, body: Value) -> (u16, Value) {
    parts(client().post(world.admin.join(path).unwrap()).json(&body).send().await.unwrap()).await
}

on_both! {
    async fn a_code_is_handed_over(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let id = world.create_with("reachable", json!({"email": "anna@example.org"})).await["id"].clone();
        let (status, body) = order(&world, "admin/recovery/code", json!({"identity_id": id, "expires_in": "15m"})).await;
        assert_eq!(status, 201, "{body}");
        let code = body["recovery_code"].as_str().unwrap();
        assert_eq!(code.len(), 6);
        let link = body["recovery_link"].as_str().unwrap();
        let flow_id = link.split_once("flow=").unwrap().1;
        let browser = world.browser();
        let flow = browser.begin(&format!("/self-service/recovery/flows?id={flow_id}")).await;
        let (status, body) = redeem(&browser, &flow, code).await;
        assert_eq!(status, 422, "{body}");
        let who = whoami(&browser).await.1;
        assert_eq!(who["identity"]["id"], id);
        assert_eq!(who["identity"]["verifiable_addresses"][0]["verified"], false, "nothing was sent there");
        assert!(world.mailbox.to("anna@example.org").is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn a_link_is_handed_over(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let id = world.create_with("reachable", json!({"email": "anna@example.org"})).await["id"].clone();
        let (status, body) = order(&world, "admin/recovery/link", json!({"identity_id": id})).await;
        assert_eq!(status, 200, "{body}");
        let link = body["recovery_link"].as_str().unwrap();
        assert!(link.starts_with(world.public.join("self-service/recovery?").unwrap().as_str()), "{link}");
        let browser = world.browser();
        let response = browser.visit(link).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains("/settings?flow="), "{}", location(&response));
        assert_eq!(whoami(&browser).await.0, 200);
        let unknown = json!({"identity_id": "0190b6b4-0000-4000-8000-000000000000"});
        assert_eq!(order(&world, "admin/recovery/link", unknown.clone()).await.0, 400);
        assert_eq!(order(&world, "admin/recovery/code", unknown).await.0, 404);
        assert_eq!(order(&world, "admin/recovery/code", json!({"identity_id": id, "expires_in": "soon"})).await.0, 400);
        world.stop().await;
    }
}

on_both! {
    async fn they_are_not_there_when_recovery_is_off(dsn: String) {
        let world = World::start(&dsn, with(json!({"selfservice": {"flows": {"recovery": {"enabled": false}}}}))).await;
        let id = world.create_with("reachable", json!({"email": "anna@example.org"})).await["id"].clone();
        for path in ["admin/recovery/code", "admin/recovery/link"] {
            assert_eq!(order(&world, path, json!({"identity_id": id})).await.0, 404, "{path}");
        }
        world.stop().await;
    }
}
