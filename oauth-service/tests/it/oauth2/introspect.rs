//! `POST /admin/oauth2/introspect` (RFC 7662).

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{ISSUER, Reply, World, read},
    token::{text, tokens},
};

async fn ask(world: &World, form: &[(&str, &str)]) -> Reply {
    read(world.operator(Method::POST, "/admin/oauth2/introspect").form(form)).await
}

on_both!(
    async fn an_active_token_says_what_it_is(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let tokens = tokens(&world).await;
        for (name, word) in [("access_token", "access_token"), ("refresh_token", "refresh_token")] {
            let found = world.introspect(text(&tokens, name)).await;
            assert_eq!(found["active"], true);
            assert_eq!((text(&found, "sub"), text(&found, "client_id"), text(&found, "iss")), ("ann", "shop", ISSUER));
            assert_eq!((text(&found, "token_type"), text(&found, "token_use")), ("Bearer", word));
            assert_eq!(text(&found, "scope"), "openid offline photos.read");
            assert_eq!(found["aud"], json!([]));
            assert_eq!(found["iat"], found["nbf"]);
            assert_eq!(found["ext"], json!({ "role": "buyer" }));
        }
    }
);

on_both!(
    async fn anything_odd_is_inactive(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let tokens = tokens(&world).await;
        let token = text(&tokens, "access_token");
        let inactive = json!({ "active": false });
        for odd in ["x", "ory_at_a.b", text(&tokens, "id_token"), &format!("{token}x"), "a.b.c"] {
            let reply = ask(&world, &[("token", odd)]).await;
            assert_eq!((reply.status, reply.json()), (200, inactive.clone()), "{odd}");
        }
        let with_scope =
            async |scope: &str| -> Value { ask(&world, &[("token", token), ("scope", scope)]).await.json() };
        assert_eq!(with_scope("openid photos.read").await["active"], true);
        assert_eq!(with_scope("openid photos.write").await, inactive);
        assert_eq!(ask(&world, &[]).await.status, 400);
        world.clock.advance(Duration::seconds(899));
        assert_eq!(world.introspect(token).await["active"], true);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(world.introspect(token).await, inactive);
    }
);
