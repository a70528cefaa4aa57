//! An OAuth2 client that wants two factors (`acr_values`, RFC 9470).

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    people::{add_app, app_code, has, sign_in, with},
    provider::{GO_ON, Provider},
    world::{Browser, PASSWORD, World, parts},
};

const BEGIN: &str = "/self-service/login/browser?login_challenge=c";

/// Nobody is asked for two factors but by clients.
fn config(provider: &Provider) -> Value {
    let mut config = with(provider.config());
    config["session"]["whoami"]["required_aal"] = json!("aal1");
    config
}

/// Proves the second factor where that is all that is asked for.
async fn second(world: &World, browser: &Browser, flow: &Value, secret: &str) {
    assert!(has(flow, "totp_code") && !has(flow, "password"), "{flow}");
    let fields = json!({"method": "totp", "totp_code": app_code(world, secret)});
    let (status, body) = parts(browser.submit(flow, fields).await).await;
    assert_eq!((status, &body["redirect_browser_to"]), (422, &json!(GO_ON)), "{body}");
    world.clock.advance(chrono::Duration::seconds(30));
}

on_both! {
    async fn the_client_gets_the_second_factor_it_wants(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, config(&provider)).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        provider.want(&["urn:example:unheard", "aal2", "aal1"]);
        // Nobody is signed in: both are asked for, one after the other.
        let other = world.browser();
        let flow = other.begin(BEGIN).await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let (status, body) = parts(other.submit(&flow, fields).await).await;
        let next = body["redirect_browser_to"].as_str().unwrap_or_default();
        assert!(status == 422 && next.contains("aal=aal2") && next.contains("login_challenge=c"), "{body}");
        assert!(provider.answers().is_empty(), "the client waits");
        let flow = other.begin(&format!("{BEGIN}&aal=aal2")).await;
        second(&world, &other, &flow, &secret).await;
        assert_eq!((&provider.answers()[0]["acr"], &provider.answers()[0]["amr"]), (&json!("aal2"), &json!(["password", "totp"])));
        // Who has proved one adds the other, and who has proved both proves the second again.
        let third = world.browser();
        assert_eq!(sign_in(&third, "anna@example.org").await.0, 200);
        for _ in 0..2 {
            let flow = third.begin(BEGIN).await;
            assert_eq!(flow["requested_aal"], "aal2");
            second(&world, &third, &flow, &secret).await;
        }
        assert!(provider.answers().iter().all(|answer| answer["acr"] == "aal2"), "{:?}", provider.answers());
        world.stop().await;
    }
}

on_both! {
    async fn a_wish_that_cannot_be_met_stays_a_wish(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, config(&provider)).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        provider.want(&["aal2"]);
        let flow = browser.begin(BEGIN).await;
        assert!(has(&flow, "password"), "there is no second factor to ask for");
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        assert_eq!(parts(browser.submit(&flow, fields).await).await.1["redirect_browser_to"], GO_ON);
        add_app(&world, &browser).await;
        // One factor is what this one asks for first.
        provider.want(&["aal1", "aal2"]);
        assert!(has(&browser.begin(BEGIN).await, "password"));
        assert_eq!(provider.answers()[0]["acr"], "aal1");
        world.stop().await;
    }
}

on_both! {
    async fn a_remembered_login_of_one_factor_is_not_passed_off(dsn: String) {
        let provider = Provider::start(true);
        let world = World::start(&dsn, config(&provider)).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        provider.want(&["aal2"]);
        let other = world.browser();
        sign_in(&other, "anna@example.org").await;
        let flow = other.begin(BEGIN).await;
        second(&world, &other, &flow, &secret).await;
        // With both factors shown there is nothing to ask.
        let (status, body) = parts(other.get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")));
        assert!(provider.answers().iter().all(|answer| answer["acr"] == "aal2"), "{:?}", provider.answers());
        world.stop().await;
    }
}
