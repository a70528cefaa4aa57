//! `POST /oauth2/revoke` (RFC 7009).

use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::{
    auth::world::{Reply, World, read},
    token::{text, tokens},
};

async fn revoke(world: &World, form: &[(&str, &str)]) -> Reply {
    read(world.public(Method::POST, "/oauth2/revoke").form(form)).await
}

on_both!(
    async fn either_token_ends_the_grant(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        for name in ["access_token", "refresh_token"] {
            let tokens = tokens(&world).await;
            let reply = revoke(&world, &[("client_id", "shop"), ("token", text(&tokens, name))]).await;
            assert_eq!((reply.status, reply.body.as_str()), (200, ""));
            for gone in ["access_token", "refresh_token"] {
                assert_eq!(world.introspect(text(&tokens, gone)).await, json!({ "active": false }), "{name} {gone}");
            }
            assert_eq!(world.refresh("shop", text(&tokens, "refresh_token")).await.status, 400);
        }
    }
);

on_both!(
    async fn a_client_ends_its_own_tokens_alone(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        world.client("bank", json!({})).await;
        let tokens = tokens(&world).await;
        let token = text(&tokens, "refresh_token");
        assert_eq!(revoke(&world, &[("client_id", "bank"), ("token", token)]).await.status, 200);
        assert_eq!(world.introspect(token).await["active"], true);
        for (form, status) in [
            (vec![("client_id", "shop"), ("token", "unknown")], 200),
            (vec![("client_id", "shop"), ("token", token), ("token_type_hint", "nonsense")], 200),
            (vec![("client_id", "shop")], 400),
            (vec![], 400),
            (vec![("client_id", "nobody"), ("token", token)], 401),
        ] {
            assert_eq!(revoke(&world, &form).await.status, status, "{form:?}");
        }
        assert_eq!(world.introspect(token).await["active"], false);
    }
);
