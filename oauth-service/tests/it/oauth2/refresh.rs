//! `grant_type=refresh_token`: rotation, reuse, grace, and what a refresh may not do.

use chrono::Duration;
use serde_json::json;
use shared_types::on_both;

use super::{
    auth::world::{World, consent, login, request},
    token::{part, text, tokens},
};

async fn active(world: &World, token: &str) -> bool {
    world.introspect(token).await["active"] == true
}

on_both!(
    async fn a_refresh_rotates_and_reuse_ends_the_family(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let first = tokens(&world).await;
        world.clock.advance(Duration::seconds(60));
        let second = world.refresh("shop", text(&first, "refresh_token")).await.json();
        let (before, after) = (part(text(&first, "id_token"), 1), part(text(&second, "id_token"), 1));
        for name in ["sub", "auth_time", "sid", "nonce", "aud", "iss", "role"] {
            assert_eq!(before[name], after[name], "{name}");
        }
        assert_ne!(before["jti"], after["jti"]);
        assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 60);
        assert!(!active(&world, text(&first, "access_token")).await);
        assert!(active(&world, text(&second, "access_token")).await);
        let again = world.refresh("shop", text(&first, "refresh_token")).await;
        assert_eq!((again.status, text(&again.json(), "error")), (400, "invalid_grant"));
        let heir = world.refresh("shop", text(&second, "refresh_token")).await;
        assert_eq!((heir.status, text(&heir.json(), "error")), (400, "invalid_grant"));
        assert!(!active(&world, text(&second, "access_token")).await);
    }
);

on_both!(
    async fn of_a_hundred_at_once_one_succeeds(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let token = text(&tokens(&world).await, "refresh_token").to_owned();
        let replies = futures_util::future::join_all((0..100).map(|_| world.refresh("shop", &token))).await;
        let good: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(good.len(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!((reply.status, text(&reply.json(), "error")), (400, "invalid_grant"));
        }
        // The others were reuse, so the family has ended.
        assert!(!active(&world, text(&good[0].json(), "access_token")).await);
    }
);

on_both!(
    async fn a_grace_period_forgives_in_time(dsn: String) {
        let grace = json!({ "grant": { "refresh_token": { "rotation_grace_period": "10s" } } });
        let world = World::with(&dsn, json!({ "oauth2": grace })).await;
        world.client("shop", json!({})).await;
        let token = text(&tokens(&world).await, "refresh_token").to_owned();
        let mut heirs = Vec::new();
        for _ in 0..3 {
            let reply = world.refresh("shop", &token).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            heirs.push(reply.json());
            world.clock.advance(Duration::seconds(5));
        }
        for heir in &heirs {
            assert!(active(&world, text(heir, "access_token")).await);
        }
        world.clock.advance(Duration::seconds(1));
        assert_eq!(world.refresh("shop", &token).await.status, 400);
        for heir in &heirs {
            assert!(!active(&world, text(heir, "access_token")).await);
        }
    }
);

on_both!(
    async fn a_refresh_narrows_and_never_widens(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let first = tokens(&world).await;
        let ask = async |token: &str, scope: &str| {
            let form =
                [("grant_type", "refresh_token"), ("client_id", "shop"), ("refresh_token", token), ("scope", scope)];
            world.token(&form).await
        };
        let wide = ask(text(&first, "refresh_token"), "openid photos.write").await;
        assert_eq!((wide.status, text(&wide.json(), "error")), (400, "invalid_scope"));
        let narrow = ask(text(&first, "refresh_token"), "photos.read").await.json();
        assert_eq!(text(&narrow, "scope"), "photos.read");
        assert_eq!(text(&world.introspect(text(&narrow, "access_token")).await, "scope"), "photos.read");
        let full = world.refresh("shop", text(&narrow, "refresh_token")).await.json();
        assert_eq!(text(&full, "scope"), "openid offline photos.read");
    }
);

on_both!(
    async fn another_client_and_another_age_are_refused(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        world.client("bank", json!({})).await;
        let first = tokens(&world).await;
        let token = text(&first, "refresh_token");
        for (client, token) in
            [("bank", token), ("shop", text(&first, "access_token")), ("shop", "x"), ("shop", "ory_rt_a.b")]
        {
            let reply = world.refresh(client, token).await;
            assert_eq!((reply.status, text(&reply.json(), "error")), (400, "invalid_grant"), "{client} {token}");
        }
        world.clock.advance(Duration::hours(168));
        assert_eq!(text(&world.refresh("shop", token).await.json(), "error"), "invalid_grant");
    }
);

on_both!(
    async fn without_offline_there_is_nothing_to_refresh(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let url = request(&["scope=openid"]);
        let granted = json!({ "grant_scope": ["openid"] });
        let reply = world.browser().authorize(&url, login("ann", false), granted).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        assert!(tokens.get("refresh_token").is_none(), "{tokens}");
        world.client("bank", json!({ "grant_types": ["authorization_code"] })).await;
        let reply = world.browser().authorize(&request(&["client_id=bank"]), login("ann", false), consent(false)).await;
        let tokens = world.redeem("bank", &reply.sent("code").unwrap()).await;
        assert!(tokens.get("refresh_token").is_none(), "{tokens}");
    }
);
