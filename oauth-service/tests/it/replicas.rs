//! Two servers on one database: what one does reaches the other within the stated bounds.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::auth::world::{World, read};

async fn token(world: &World, secret: &str) -> u16 {
    let request = world.public(Method::POST, "/oauth2/token").basic_auth("machine", Some(secret));
    read(request.form(&[("grant_type", "client_credentials")])).await.status
}

async fn jwks(world: &World) -> Vec<Value> {
    let reply = read(world.public(Method::GET, "/.well-known/jwks.json")).await;
    let mut keys = reply.json()["keys"].as_array().unwrap().clone();
    keys.sort_by_key(|key| key["kid"].as_str().unwrap().to_owned());
    keys
}

on_both! {
    async fn a_changed_client_is_known_everywhere_within_two_seconds(dsn: String) {
        let (here, there) = (World::start(&dsn).await, World::start(&dsn).await);
        let machine = json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic", "client_secret": "the-first-secret"});
        here.client("machine", machine).await;
        assert_eq!(token(&there, "the-first-secret").await, 200);
        let patch = json!([{"op": "add", "path": "/client_secret", "value": "the-second-secret"}]);
        assert_eq!(here.admin(Method::PATCH, "/admin/clients/machine", Some(patch)).await.status, 200);
        there.clock.advance(chrono::Duration::seconds(2));
        assert_eq!(token(&there, "the-second-secret").await, 200);
        assert_eq!(token(&there, "the-first-secret").await, 401);
        assert_eq!(here.admin(Method::DELETE, "/admin/clients/machine", None).await.status, 204);
        there.clock.advance(chrono::Duration::seconds(2));
        assert_eq!(token(&there, "the-second-secret").await, 401);
    }
}

on_both! {
    async fn both_sign_with_the_same_keys(dsn: String) {
        let (here, there) = tokio::join!(World::start(&dsn), World::start(&dsn));
        let (mine, yours) = tokio::join!(jwks(&here), jwks(&there));
        assert_eq!(mine, yours);
        assert_eq!(mine.len(), 2, "{mine:?}");
        assert!(mine.iter().all(|key| key.get("d").is_none()), "{mine:?}");
    }
}
