//! The `claims` parameter (OpenID Connect Core 5.5).

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{World, login, read, request};
use crate::oauth2::token::part;

fn asking(claims: &Value) -> String {
    request(&[&format!("claims={claims}")])
}

fn consenting() -> Value {
    json!({
        "grant_scope": ["openid", "offline"],
        "session": { "id_token": { "email": "ann@test", "tier": "gold", "sub": "forged" } },
    })
}

on_both!(
    async fn the_pages_see_what_is_asked_and_values_are_kept_to(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let claims = json!({
            "id_token": { "email": null, "tier": { "value": "silver" } },
            "userinfo": { "tier": { "values": ["gold", "silver"] }, "phone": { "essential": true } },
        });
        let mut browser = world.browser();
        let challenge = browser.log_in(&asking(&claims), login("ann", true)).await;
        let asked = world.page("consent", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["oidc_context"]["claims"], claims);
        let next = world.accept("consent", &challenge, consenting()).await;
        let tokens = world.redeem("shop", &browser.get(&next).await.sent("code").unwrap()).await;
        let id_token = part(tokens["id_token"].as_str().unwrap(), 1);
        assert_eq!((&id_token["sub"], &id_token["email"]), (&json!("ann"), &json!("ann@test")));
        // Asked for as silver, and it is gold.
        assert_eq!(id_token.get("tier"), None);
        let person = read(world.public(Method::GET, "/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap()));
        let person = person.await.json();
        assert_eq!(person["tier"], "gold");
        // Nobody gave a phone number: what is asked for is not made up.
        assert_eq!(person.get("phone"), None);
    }
);

on_both!(
    async fn the_wanted_person_is_the_one_who_logs_in(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consenting()).await;
        let wants = |who: &str| asking(&json!({ "id_token": { "sub": { "value": who } } }));
        let skip = |asked: Value| asked["skip"].as_bool().unwrap();
        let challenge = browser.start(&wants("ann")).await;
        assert!(skip(world.page("login", "", &challenge, json!(null)).await.json()));
        let challenge = browser.start(&wants("bob")).await;
        assert!(!skip(world.page("login", "", &challenge, json!(null)).await.json()));
        let next = world.accept("login", &challenge, login("eve", true)).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("login_required"));
        for broken in [json!([]), json!({ "id_token": [] }), json!({ "userinfo": { "a": 1 } })] {
            let reply = world.browser().get(&asking(&broken)).await;
            assert_eq!(reply.sent("error").as_deref(), Some("invalid_request"), "{broken}");
        }
    }
);
