//! The identifier first, then what its owner has (contract §6.5).

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    people::{has, with},
    world::{PASSWORD, World, ids, node, parts},
};

fn first(over: Value) -> Value {
    let mut config = with(json!({"selfservice": {
        "flows": {"login": {"style": "identifier_first"}}, "methods": {"code": {"passwordless_enabled": false}}}}));
    crate::self_service::world::merged(&mut config, over);
    config
}

on_both! {
    async fn the_owner_is_offered_what_he_has(dsn: String) {
        let world = World::start(&dsn, first(json!({}))).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        assert!(has(&flow, "identifier") && !has(&flow, "password"));
        let fields = json!({"method": "identifier_first", "identifier": "anna@example.org"});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &flow["active"]), (400, &json!("identifier_first")), "{flow}");
        assert_eq!(node(&flow, "identifier")["attributes"]["type"], "hidden");
        assert!(has(&flow, "password"));
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn nobodys_identifier_is_said_to_be_nobodys_unless_that_is_hidden(dsn: String) {
        let world = World::start(&dsn, first(json!({}))).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = json!({"method": "identifier_first", "identifier": "nobody@example.org"});
        let (status, body) = parts(browser.submit(&flow, fields.clone()).await).await;
        assert_eq!((status, ids(&node(&body, "identifier")["messages"])), (400, vec![4_000_037]), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn hidden_means_hidden(dsn: String) {
        let world = World::start(&dsn, first(json!({"security": {"account_enumeration": {"mitigate": true}}}))).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let mut shown = Vec::new();
        for address in ["anna@example.org", "nobody@example.org"] {
            let browser = world.browser();
            let flow = browser.begin("/self-service/login/browser").await;
            let fields = json!({"method": "identifier_first", "identifier": address});
            let (status, flow) = parts(browser.submit(&flow, fields).await).await;
            shown.push((status, world.scrubbed(&flow).to_string().replace(address, "[it]")));
        }
        assert_eq!(shown[0], shown[1]);
        world.stop().await;
    }
}

on_both! {
    async fn who_has_codes_alone_gets_one_at_once(dsn: String) {
        let over = first(json!({"selfservice": {"methods": {"code": {"passwordless_enabled": true}, "password": {"enabled": false}}}}));
        let world = World::start(&dsn, over).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = json!({"method": "identifier_first", "identifier": "anna@example.org"});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &flow["state"]), (400, &json!("sent_email")), "{flow}");
        assert_eq!(node(&flow, "identifier")["group"], "identifier_first");
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, body) = parts(browser.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!(status, 200, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn who_asks_for_a_passkey_can_still_name_himself(dsn: String) {
        let over = first(json!({"selfservice": {"methods": {"passkey": {"enabled": true, "config": {
            "rp": {"id": "localhost", "display_name": "Example", "origins": ["http://localhost:4455"]}}}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "passkey"})).await).await;
        assert_eq!(status, 422, "{body}");
        let flow = browser.begin(&format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap())).await;
        assert_eq!(node(&flow, "identifier")["group"], "identifier_first", "{flow}");
        assert_eq!(node(&flow, "method")["attributes"]["value"], "identifier_first");
        assert!(has(&flow, "passkey_challenge") && has(&flow, "passkey_login_trigger"));
        world.stop().await;
    }
}
