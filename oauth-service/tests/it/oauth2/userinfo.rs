//! `GET` and `POST /userinfo` (OpenID Connect Core 5.3).

use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::{
    auth::world::{World, read},
    token::{part, text, tokens},
};

on_both!(
    async fn a_token_tells_whose_it_is(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let tokens = tokens(&world).await;
        let token = text(&tokens, "access_token");
        let ways = [
            world.public(Method::GET, "/userinfo").bearer_auth(token),
            world.public(Method::POST, "/userinfo").bearer_auth(token),
            world.public(Method::GET, "/userinfo").header("Authorization", format!("bearer {token}")),
            world.public(Method::POST, "/userinfo").form(&[("access_token", token)]),
        ];
        for way in ways {
            let reply = read(way).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            let claims = reply.json();
            assert_eq!((text(&claims, "sub"), text(&claims, "role")), ("ann", "buyer"));
            assert_eq!(claims["sub"], part(text(&tokens, "id_token"), 1)["sub"]);
            for hidden in ["nonce", "at_hash", "c_hash", "exp", "sid", "jti"] {
                assert!(claims.get(hidden).is_none(), "{hidden}: {claims}");
            }
        }
    }
);

on_both!(
    async fn anything_else_is_told_how_to_come(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let tokens = tokens(&world).await;
        let missing = read(world.public(Method::GET, "/userinfo")).await;
        assert_eq!((missing.status, missing.header("www-authenticate")), (401, "Bearer"));
        for token in ["x", "ory_at_a.b", text(&tokens, "refresh_token"), text(&tokens, "id_token")] {
            let reply = read(world.public(Method::GET, "/userinfo").bearer_auth(token)).await;
            assert_eq!(reply.status, 401, "{token}");
            assert!(reply.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""), "{reply:?}");
            assert_eq!(text(&reply.json(), "error"), "request_unauthorized");
        }
        world.clock.advance(Duration::seconds(900));
        let late = read(world.public(Method::GET, "/userinfo").bearer_auth(text(&tokens, "access_token"))).await;
        assert_eq!(late.status, 401);
    }
);

on_both!(
    async fn a_client_may_have_it_signed(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "userinfo_signed_response_alg": "RS256" })).await;
        let tokens = tokens(&world).await;
        let reply = read(world.public(Method::GET, "/userinfo").bearer_auth(text(&tokens, "access_token"))).await;
        assert!(reply.header("content-type").starts_with("application/jwt"), "{reply:?}");
        assert_eq!(text(&part(&reply.body, 0), "alg"), "RS256");
        let claims = part(&reply.body, 1);
        assert_eq!((text(&claims, "sub"), &claims["aud"]), ("ann", &json!(["shop"])));
    }
);
