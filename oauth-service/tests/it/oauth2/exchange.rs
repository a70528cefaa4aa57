//! Token exchange (RFC 8693).

use chrono::Duration;
use serde_json::json;
use shared_types::on_both;

use super::{
    auth::world::{Reply, World},
    token::{part, text, tokens},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const SECRET: &str = "a-secret-of-the-orders";

/// `shop` logs people in; `orders` is an API that calls `stock`.
async fn world(dsn: &str) -> World {
    let world = World::start(dsn).await;
    world.client("shop", json!({"audience": ["https://orders.test"]})).await;
    let orders = json!({
        "grant_types": [GRANT, "client_credentials"], "token_endpoint_auth_method": "client_secret_post", "client_secret": SECRET,
        "scope": "photos.read openid", "audience": ["https://orders.test", "https://stock.test"], "access_token_strategy": "jwt",
    });
    world.client("orders", orders).await;
    world
}

/// A token of `ann` that `shop` sends to `orders`.
async fn subject_token(world: &World) -> String {
    use super::auth::world::{consent, login, request};
    let mut consent = consent(false);
    consent["grant_access_token_audience"] = json!(["https://orders.test"]);
    let reply =
        world.browser().authorize(&request(&["audience=https://orders.test"]), login("ann", true), consent).await;
    text(&world.redeem("shop", &reply.sent("code").unwrap()).await, "access_token").to_owned()
}

async fn exchange(world: &World, subject: &str, more: &[(&str, &str)]) -> Reply {
    let base = [
        ("grant_type", GRANT),
        ("client_id", "orders"),
        ("client_secret", SECRET),
        ("subject_token", subject),
        ("subject_token_type", ACCESS),
    ];
    world.token(&[&base[..], more].concat()).await
}

on_both! {
    async fn an_api_gets_a_token_for_the_api_it_calls(dsn: String) {
        let world = world(&dsn).await;
        let subject = subject_token(&world).await;
        let reply = exchange(&world, &subject, &[("audience", "https://stock.test")]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let body = reply.json();
        // RFC 8693 2.2.1.
        assert_eq!((text(&body, "issued_token_type"), text(&body, "token_type")), (ACCESS, "bearer"));
        assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none(), "{body}");
        let claims = part(text(&body, "access_token"), 1);
        assert_eq!((text(&claims, "sub"), text(&claims, "client_id")), ("ann", "orders"));
        assert_eq!(claims["aud"], json!(["https://stock.test"]));
        // It keeps what both the token and the client may have, and the claims of the person.
        assert_eq!(claims["scp"], json!(["openid", "photos.read"]));
        assert_eq!(claims["ext"]["role"], "buyer");
        assert!(claims.get("act").is_none(), "{claims}");
    }
}

on_both! {
    async fn an_actor_is_named_and_so_is_the_one_before(dsn: String) {
        let world = world(&dsn).await;
        let subject = subject_token(&world).await;
        let own = [("grant_type", "client_credentials"), ("client_id", "orders"), ("client_secret", SECRET)];
        let actor = text(&world.token(&own).await.json(), "access_token").to_owned();
        let acting = [("actor_token", actor.as_str()), ("actor_token_type", ACCESS), ("audience", "https://orders.test")];
        let first = exchange(&world, &subject, &acting).await;
        assert_eq!(first.status, 200, "{first:?}");
        let first = text(&first.json(), "access_token").to_owned();
        // RFC 8693 4.1: the actor of now stands outside, those before him inside.
        assert_eq!(part(&first, 1)["act"]["sub"], "orders");
        let second = text(&exchange(&world, &first, &acting).await.json(), "access_token").to_owned();
        assert_eq!(part(&second, 1)["act"]["act"]["sub"], "orders");
        assert_eq!(world.introspect(&second).await["act"]["sub"], "orders");
        let mut token = second;
        for _ in 0..6 {
            token = text(&exchange(&world, &token, &acting).await.json(), "access_token").to_owned();
        }
        assert_eq!(exchange(&world, &token, &acting).await.json()["error"], "invalid_request");
    }
}

on_both! {
    async fn nothing_is_won_by_an_exchange(dsn: String) {
        let world = world(&dsn).await;
        let subject = subject_token(&world).await;
        let error = |reply: Reply| reply.json()["error"].as_str().map(str::to_owned).unwrap_or_default();
        assert_eq!(error(exchange(&world, &subject, &[("scope", "photos.write")]).await), "invalid_scope");
        assert_eq!(error(exchange(&world, &subject, &[("audience", "https://bank.test")]).await), "invalid_target");
        assert_eq!(error(exchange(&world, &subject, &[("resource", "https://bank.test")]).await), "invalid_target");
        assert_eq!(error(exchange(&world, "ory_at_x.y", &[]).await), "invalid_request");
        // A token that is neither this client's nor meant for it.
        let foreign = text(&tokens(&world).await, "access_token").to_owned();
        assert_eq!(error(exchange(&world, &foreign, &[]).await), "invalid_request");
        // RFC 8693 2.1: a type without its token, and types nobody knows.
        assert_eq!(error(exchange(&world, &subject, &[("actor_token_type", ACCESS)]).await), "invalid_request");
        assert_eq!(error(exchange(&world, &subject, &[("actor_token", &subject)]).await), "invalid_request");
        let saml = [("requested_token_type", "urn:ietf:params:oauth:token-type:saml2")];
        assert_eq!(error(exchange(&world, &subject, &saml).await), "invalid_request");
        // It ends when the token ends that it came of.
        world.clock.advance(Duration::minutes(14));
        let late = exchange(&world, &subject, &[]).await.json();
        assert!(late["expires_in"].as_i64().unwrap() <= 60, "{late}");
        world.clock.advance(Duration::minutes(2));
        assert_eq!(error(exchange(&world, &subject, &[]).await), "invalid_request");
    }
}

on_both! {
    async fn who_is_not_registered_for_it_cannot_exchange(dsn: String) {
        let world = world(&dsn).await;
        let subject = subject_token(&world).await;
        let form = [
            ("grant_type", GRANT),
            ("client_id", "shop"),
            ("subject_token", subject.as_str()),
            ("subject_token_type", ACCESS),
        ];
        assert_eq!(world.token(&form).await.json()["error"], "unauthorized_client");
        world.client("leaky", json!({"grant_types": [GRANT]})).await;
        let form = form.map(|(name, value)| (name, if name == "client_id" { "leaky" } else { value }));
        assert_eq!(world.token(&form).await.json()["error"], "unauthorized_client");
    }
}

on_both! {
    async fn revoking_the_grant_takes_what_came_of_it_along(dsn: String) {
        let world = world(&dsn).await;
        let subject = subject_token(&world).await;
        let token = text(&exchange(&world, &subject, &[]).await.json(), "access_token").to_owned();
        assert_eq!(world.introspect(&token).await["active"], true);
        let path = "/admin/oauth2/auth/sessions/consent?subject=ann&all=true";
        assert_eq!(world.admin(reqwest::Method::DELETE, path, None).await.status, 204);
        assert_eq!(world.introspect(&token).await, json!({"active": false}));
    }
}
