//! `/sessions/whoami`.

use chrono::Duration;
use serde_json::json;
use shared_types::on_both;

use crate::world::{World, scrubbed, send};

on_both! {
    async fn a_token_shows_its_session_under_every_method(dsn: String) {
        let world = World::start(&dsn).await;
        let id = world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        let answer = world.whoami(&token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-kratos-authenticated-identity-id"), id);
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
        insta::assert_json_snapshot!("whoami", scrubbed(&world, &answer.body));
        for method in ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = send(world.public(method, "/sessions/whoami").header("x-session-token", &token)).await;
            assert_eq!(answer.status, 200, "{method}");
        }
        let bearer = send(world.public("GET", "/sessions/whoami").bearer_auth(&token)).await;
        assert_eq!(bearer.status, 200);
        world.stop().await;
    }
}

on_both! {
    async fn without_a_valid_token_there_is_no_session(dsn: String) {
        let world = World::start(&dsn).await;
        let id = world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        for bad in ["", "nonsense", "ory_st_", "ory_st_00000000000000000000000000000000", &"x".repeat(5000)] {
            let answer = world.whoami(bad).await;
            assert_eq!(answer.status, 401, "{bad}");
            assert!(answer.body["error"].get("id").is_none());
            assert_eq!(answer.header("content-type"), "application/json");
        }
        // A header that names a token wins, even when it is wrong.
        let both = world.public("GET", "/sessions/whoami").header("x-session-token", "wrong").bearer_auth(&token);
        assert_eq!(send(both).await.status, 401);
        let cookie = world.public("GET", "/sessions/whoami").header("cookie", "ory_kratos_session=forged");
        assert_eq!(send(cookie).await.status, 401);
        assert_eq!(send(world.public("GET", "/sessions/whoami?tokenize_as=x").bearer_auth(&token)).await.status, 400);

        world.clock.advance(Duration::hours(23));
        assert_eq!(world.whoami(&token).await.status, 200);
        world.clock.advance(Duration::hours(1));
        assert_eq!(world.whoami(&token).await.status, 401);

        let token = world.sign_in("ada@example.org").await;
        let disable = json!([{"op": "replace", "path": "/state", "value": "inactive"}]);
        assert_eq!(world.call("PATCH", &format!("/admin/identities/{id}"), &disable).await.status, 200);
        assert_eq!(world.whoami(&token).await.status, 401);
        world.stop().await;
    }
}

on_both! {
    async fn caching_is_allowed_for_a_while_when_asked_for(dsn: String) {
        let over = json!({"feature_flags": {"cacheable_sessions": true, "cacheable_sessions_max_age": "10m"}});
        let world = World::with(&dsn, over).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        assert_eq!(world.whoami(&token).await.header("ory-session-cache-for"), "600");
        world.clock.advance(Duration::hours(24) - Duration::seconds(30));
        assert_eq!(world.whoami(&token).await.header("ory-session-cache-for"), "30");
        world.stop().await;
    }
}
