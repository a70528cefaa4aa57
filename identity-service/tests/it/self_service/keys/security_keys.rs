//! Security keys that sign in by themselves.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, options},
    keyring::{self, credential, passwordless},
    people::{by_id, has},
    world::{Browser, World, ids, location, messages, node, parts},
};

/// Registers with a security key; the identity's id.
async fn register(browser: &Browser, authenticator: &mut Authenticator, email: &str) -> serde_json::Value {
    let flow = browser.begin("/self-service/registration/browser").await;
    assert_eq!(options(&flow, "webauthn_register_trigger")["publicKey"]["timeout"], 120_000);
    let made = authenticator.create(&options(&flow, "webauthn_register_trigger"));
    let fields = json!({"traits": {"email": email}, "webauthn_register": made.to_string(),
        "webauthn_register_displayname": "  Blue key "});
    let (status, body) = parts(browser.submit(&flow, fields).await).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["session"]["authentication_methods"][0]["method"], "webauthn");
    body["identity"]["id"].clone()
}

on_both! {
    async fn a_security_key_registers_and_signs_in_in_two_steps(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        let mut authenticator = Authenticator { verifies: false, ..Authenticator::new() };
        let id = register(&world.browser(), &mut authenticator, "Anna@Example.org").await;
        let kept = credential(&world, &id, "webauthn").await;
        assert_eq!(kept["identifiers"], json!(["anna@example.org"]));
        let key = &kept["config"]["credentials"][0];
        assert_eq!((&key["is_passwordless"], &key["display_name"]), (&json!(true), &json!("Blue key")));
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = json!({"method": "webauthn", "identifier": "ANNA@example.org"});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        let page = format!("{}login?flow={}", world.public, flow["id"].as_str().unwrap());
        assert_eq!((status, &body["redirect_browser_to"]), (422, &json!(page)), "{body}");
        let read = format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap());
        let flow = browser.begin(&read).await;
        assert_eq!(messages(&flow), [1_010_012]);
        assert_eq!(node(&flow, "webauthn_login_trigger")["meta"]["label"]["id"], 1_010_013);
        assert_eq!(node(&flow, "identifier")["attributes"]["type"], "hidden");
        assert!(!has(&flow, "password") && by_id(&flow, "webauthn_script").is_object());
        let answer = authenticator.get(&options(&flow, "webauthn_login_trigger"));
        let fields = json!({"identifier": "anna@example.org", "webauthn_login": answer.to_string()});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["session"]["authenticator_assurance_level"], "aal1");
        world.stop().await;
    }
}

on_both! {
    async fn a_page_goes_through_the_same_steps(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        let mut authenticator = Authenticator::new();
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let id = flow["id"].as_str().unwrap();
        let answer = browser.submit_form(&flow, &[("method", "webauthn"), ("identifier", "anna@example.org")]).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, format!("{}login?flow={id}", world.public)));
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        let wrong = Authenticator { origin: "http://id.example.org".to_owned(), ..authenticator.clone() }
            .get(&options(&flow, "webauthn_login_trigger"))
            .to_string();
        let answer = browser.submit_form(&flow, &[("identifier", "anna@example.org"), ("webauthn_login", &wrong)]).await;
        assert_eq!(answer.status(), 303);
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert_eq!(messages(&flow), [4_000_043]);
        authenticator.keys[0].count += 1;
        let right = authenticator.get(&options(&flow, "webauthn_login_trigger")).to_string();
        let answer = browser.submit_form(&flow, &[("webauthn_login", &right)]).await;
        assert_eq!(location(&answer), crate::self_service::world::HOME);
        world.stop().await;
    }
}

on_both! {
    async fn who_has_no_key_is_told_so(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        world.create_with("keys", json!({"email": "peter@example.org"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        for name in ["nobody@example.org", "peter@example.org"] {
            let fields = json!({"method": "webauthn", "identifier": name});
            let (status, flow) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!((status, messages(&flow)), (400, vec![4_000_015]), "{name}: {flow}");
            assert!(has(&flow, "password"), "the form is as it was");
        }
        let (status, flow) = parts(browser.submit(&flow, json!({"method": "webauthn", "identifier": " "})).await).await;
        assert_eq!((status, ids(&node(&flow, "identifier")["messages"])), (400, vec![4_000_002]), "{flow}");
        let answer = json!({"method": "webauthn", "webauthn_login": "{}"});
        let (status, flow) = parts(browser.submit(&flow, answer).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_001]), "nothing was asked: {flow}");
        world.stop().await;
    }
}

on_both! {
    async fn the_last_security_key_stays(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        let browser = world.browser();
        let mut authenticator = Authenticator::new();
        register(&browser, &mut authenticator, "anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let button = &node(&flow, "webauthn_remove")["attributes"];
        assert_eq!(button["disabled"], true, "{flow}");
        let (status, flow) = parts(browser.submit(&flow, json!({"webauthn_remove": button["value"]})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_001]), "{flow}");
        let (status, flow) = keyring::add_passkey(&browser, &mut Authenticator::new()).await;
        assert_eq!(status, 200, "{flow}");
        assert_eq!(node(&flow, "webauthn_remove")["attributes"]["disabled"], false, "a passkey is another way");
        let (status, flow) = parts(browser.submit(&flow, json!({"webauthn_remove": button["value"]})).await).await;
        assert_eq!((status, &flow["state"]), (200, &json!("success")), "{flow}");
        assert_eq!(node(&flow, "passkey_remove")["attributes"]["disabled"], true);
        world.stop().await;
    }
}

on_both! {
    async fn a_security_key_is_offered_to_its_owner_alone(dsn: String) {
        let mut config = passwordless();
        let style = json!({"selfservice": {"flows": {"login": {"style": "identifier_first"}}}});
        crate::world::merge(&mut config, &style);
        let world = World::start(&dsn, config).await;
        let mut authenticator = Authenticator::new();
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        world.create_with("keys", json!({"email": "peter@example.org"})).await;
        let offers = |flow: &serde_json::Value| {
            let nodes = flow["ui"]["nodes"].as_array().unwrap();
            nodes.iter().any(|node| node["group"] == "webauthn" && node["attributes"]["value"] == "webauthn")
        };
        let name = |email: &str| json!({"method": "identifier_first", "identifier": email});
        for (email, has_key) in [("anna@example.org", true), ("peter@example.org", false)] {
            let browser = world.browser();
            let flow = browser.begin("/self-service/login/browser").await;
            assert!(!offers(&flow), "{flow}");
            let (status, flow) = parts(browser.submit(&flow, name(email)).await).await;
            assert_eq!((status, offers(&flow), has(&flow, "password")), (400, has_key, !has_key), "{flow}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn programs_are_not_offered_security_keys(dsn: String) {
        let world = World::start(&dsn, passwordless()).await;
        let program = world.program();
        for kind in ["login", "registration"] {
            let flow = program.begin(&format!("/self-service/{kind}/api")).await;
            let nodes = flow["ui"]["nodes"].as_array().unwrap();
            assert!(nodes.iter().all(|node| node["group"] != "webauthn"), "{kind}: {flow}");
        }
        world.stop().await;
    }
}
