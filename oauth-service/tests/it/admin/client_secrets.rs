//! Secrets of clients: proven at the token endpoint by the registered method, rotated, dropped.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::auth::world::{Reply, World, read};

const MACHINE: &str = "machine";

async fn machine(world: &World, more: Value) -> Value {
    let mut body = json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic", "client_secret": "the-first-secret"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.client(MACHINE, body).await
}

async fn by_basic(world: &World, secret: &str) -> Reply {
    let request = world.public(Method::POST, "/oauth2/token").basic_auth(MACHINE, Some(secret));
    read(request.form(&[("grant_type", "client_credentials")])).await
}

async fn by_post(world: &World, secret: &str) -> Reply {
    let form = [("grant_type", "client_credentials"), ("client_id", MACHINE), ("client_secret", secret)];
    read(world.public(Method::POST, "/oauth2/token").form(&form)).await
}

#[track_caller]
fn refused(reply: &Reply) {
    assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (401, "invalid_client"), "{reply:?}");
}

on_both! {
    async fn the_registered_method_alone_counts(dsn: String) {
        let world = World::start(&dsn).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        let posted = by_post(&world, "the-first-secret").await;
        refused(&posted);
        assert!(posted.headers.get("www-authenticate").is_none());
        let wrong = by_basic(&world, "a-wrong-secret").await;
        refused(&wrong);
        assert!(wrong.header("www-authenticate").starts_with("Basic"));
        refused(&read(world.public(Method::POST, "/oauth2/token").form(&[("grant_type", "client_credentials"), ("client_id", MACHINE)])).await);
        let nobody = world.public(Method::POST, "/oauth2/token").basic_auth("nobody", Some("the-first-secret"));
        refused(&read(nobody.form(&[("grant_type", "client_credentials")])).await);
    }
}

on_both! {
    async fn a_client_that_posts_must_post(dsn: String) {
        let world = World::start(&dsn).await;
        machine(&world, json!({"token_endpoint_auth_method": "client_secret_post"})).await;
        assert_eq!(by_post(&world, "the-first-secret").await.status, 200);
        refused(&by_basic(&world, "the-first-secret").await);
    }
}

on_both! {
    async fn both_hashes_work(dsn: String) {
        let world = World::with(&dsn, json!({"oauth2": {"hashers": {"algorithm": "bcrypt", "bcrypt": {"cost": 4}}}})).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        refused(&by_basic(&world, "the-first-secreT").await);
        let long = world.admin(Method::POST, "/admin/clients", Some(json!({"client_secret": "x".repeat(73)}))).await;
        assert_eq!(long.status, 400);
    }
}

on_both! {
    async fn a_rotated_secret_is_good_until_it_is_dropped(dsn: String) {
        let world = World::start(&dsn).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        let rotated = world.admin(Method::POST, "/admin/clients/machine/secrets/rotate", None).await;
        assert_eq!(rotated.status, 200, "{rotated:?}");
        let second = rotated.json()["client_secret"].as_str().unwrap().to_owned();
        assert_eq!(second.len(), 26);
        assert_eq!(by_basic(&world, &second).await.status, 200);
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        let dropped = world.admin(Method::DELETE, "/admin/clients/machine/secrets/rotate", None).await;
        assert_eq!(dropped.status, 200);
        assert!(dropped.json().get("client_secret").is_none());
        // What was verified before the change is forgotten with it.
        refused(&by_basic(&world, "the-first-secret").await);
        assert_eq!(by_basic(&world, &second).await.status, 200);
    }
}

on_both! {
    async fn a_patched_secret_ends_all_others(dsn: String) {
        let world = World::start(&dsn).await;
        machine(&world, json!({})).await;
        world.admin(Method::POST, "/admin/clients/machine/secrets/rotate", None).await;
        let patch = json!([{"op": "add", "path": "/client_secret", "value": "the-third-secret"}]);
        assert_eq!(world.admin(Method::PATCH, "/admin/clients/machine", Some(patch)).await.status, 200);
        refused(&by_basic(&world, "the-first-secret").await);
        assert_eq!(by_basic(&world, "the-third-secret").await.status, 200);
    }
}

on_both! {
    async fn a_client_without_secret_has_none_to_rotate(dsn: String) {
        let world = World::start(&dsn).await;
        let made = world.client("spa", json!({"client_secret": "never-kept"})).await;
        assert!(made.get("client_secret").is_none(), "{made}");
        assert_eq!(world.admin(Method::POST, "/admin/clients/spa/secrets/rotate", None).await.status, 400);
    }
}

on_both! {
    async fn guessing_is_slowed_down(dsn: String) {
        let rules = json!([{"action": "client_authentication", "per_second": 0.01, "burst": 3}]);
        let world = World::with(&dsn, json!({"rate_limit": {"enabled": true, "rules": rules}})).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        refused(&by_basic(&world, "guess-1").await);
        refused(&by_basic(&world, "guess-2").await);
        let third = by_basic(&world, "guess-3").await;
        assert_eq!(third.status, 429, "{third:?}");
        assert!(third.header("retry-after").parse::<u32>().unwrap() > 0);
        // Who has proven himself needs no hash, so he is not slowed down.
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
    }
}

on_both! {
    async fn a_client_made_anew_has_none_of_the_old_secrets(dsn: String) {
        let world = World::start(&dsn).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        assert_eq!(world.admin(Method::DELETE, "/admin/clients/machine", None).await.status, 204);
        machine(&world, json!({"client_secret": "of-its-successor"})).await;
        refused(&by_basic(&world, "the-first-secret").await);
        assert_eq!(by_basic(&world, "of-its-successor").await.status, 200);
    }
}

on_both! {
    async fn who_has_proven_himself_is_not_slowed_down_by_others(dsn: String) {
        let rules = json!([{"action": "client_authentication", "per_second": 0.01, "burst": 3}]);
        let world = World::with(&dsn, json!({"rate_limit": {"enabled": true, "rules": rules}})).await;
        machine(&world, json!({})).await;
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        for guess in ["guess-1", "guess-2", "guess-3"] {
            by_basic(&world, guess).await;
        }
        // What was verified is too old to be taken on trust: it is hashed again, at nobody's cost.
        world.clock.advance(chrono::Duration::minutes(5));
        assert_eq!(by_basic(&world, "the-first-secret").await.status, 200);
        assert_eq!(by_basic(&world, "guess-4").await.status, 429);
    }
}
