//! How strong and how recent a login has to be (OpenID Connect Core 3.1.2.1, 5.5.1.1; RFC 9470).

use chrono::Duration;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{Browser, World, consent, login, request};
use crate::oauth2::token::part;

fn login_as(acr: &str) -> Value {
    let mut body = login("ann", true);
    body["acr"] = json!(acr);
    body
}

/// What the login page is asked.
async fn asked(world: &World, browser: &mut Browser<'_>, changes: &[&str]) -> (String, Value) {
    let challenge = browser.start(&request(changes)).await;
    let asked = world.page("login", "", &challenge, json!(null)).await.json();
    (challenge, asked)
}

const ESSENTIAL: &str = r#"claims={"id_token":{"acr":{"essential":true,"values":["2","3"]}}}"#;

on_both!(
    async fn a_weaker_login_gives_way_to_a_fresh_one(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login_as("1"), consent(true)).await;
        let (_, weak) = asked(&world, &mut browser, &["acr_values=1"]).await;
        assert_eq!((&weak["skip"], &weak["oidc_context"]["acr_values"]), (&json!(true), &json!(["1"])));
        let (challenge, strong) = asked(&world, &mut browser, &["acr_values=2 3"]).await;
        assert_eq!(strong["skip"], false);
        // Voluntary: what the login page reaches is told.
        let next = world.accept("login", &challenge, login_as("1")).await;
        assert!(browser.get(&next).await.sent("consent_challenge").is_some());
        // Where nobody may be asked, what is voluntary stays so.
        let (_, silent) = asked(&world, &mut browser, &["acr_values=2", "prompt=none"]).await;
        assert_eq!(silent["skip"], true);
    }
);

on_both!(
    async fn an_essential_class_is_reached_or_the_request_fails(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login_as("1"), consent(true)).await;
        let silent = browser.get(&request(&[ESSENTIAL, "prompt=none"])).await;
        assert_eq!(silent.sent("error").as_deref(), Some("login_required"));
        let (challenge, asking) = asked(&world, &mut browser, &[ESSENTIAL]).await;
        assert_eq!((&asking["skip"], &asking["oidc_context"]["acr_values"]), (&json!(false), &json!(["2", "3"])));
        let next = world.accept("login", &challenge, login_as("1")).await;
        let reply = browser.get(&next).await;
        assert_eq!(reply.sent("error").as_deref(), Some("unmet_authentication_requirements"));
        let reply = browser.authorize(&request(&[ESSENTIAL]), login_as("3"), consent(true)).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["acr"], "3");
        // Remembered as it was made, though the page says nothing of it now.
        let challenge = browser.start(&request(&[ESSENTIAL])).await;
        let next = world.accept("login", &challenge, json!({ "subject": "ann" })).await;
        let challenge = browser.get(&next).await.sent("consent_challenge").unwrap();
        let asking = world.page("consent", "", &challenge, json!(null)).await.json();
        assert_eq!((&asking["acr"], &asking["amr"]), (&json!("3"), &json!(["pwd"])));
    }
);

on_both!(
    async fn what_the_client_registered_counts_where_the_request_is_silent(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "default_acr_values": ["2"], "default_max_age": 600 })).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login_as("2"), consent(true)).await;
        let (_, asking) = asked(&world, &mut browser, &[]).await;
        assert_eq!((&asking["skip"], &asking["oidc_context"]["acr_values"]), (&json!(true), &json!(["2"])));
        let (_, asking) = asked(&world, &mut browser, &["acr_values=9"]).await;
        assert_eq!(asking["oidc_context"]["acr_values"], json!(["9"]));
        world.clock.advance(Duration::seconds(601));
        // OpenID Connect Registration 2: "The max_age request parameter overrides this default value."
        assert_eq!(asked(&world, &mut browser, &[]).await.1["skip"], false);
        assert_eq!(asked(&world, &mut browser, &["max_age=700"]).await.1["skip"], true);
    }
);
