//! Signing in and registering with a code.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{everything, has, whoami, with},
    world::{World, messages, node, parts},
};

on_both! {
    async fn a_code_signs_in(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let fields = json!({"method": "code", "identifier": "Anna@Example.org"});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &flow["state"], messages(&flow)), (400, &json!("sent_email"), vec![1_010_014]), "{flow}");
        assert!(has(&flow, "code") && has(&flow, "resend") && has(&flow, "identifier"));
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, body) = parts(browser.submit(&flow, json!({"method": "code", "code": "000000"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_010_008]), "{body}");
        let (status, body) = parts(browser.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!((status, &body["session"]["authentication_methods"][0]["method"]), (200, &json!("code")), "{body}");
        assert_eq!(whoami(&browser).await.0, 200);
        let again = world.browser();
        let flow = again.begin("/self-service/login/browser").await;
        let (_, flow) = parts(again.submit(&flow, json!({"method": "code", "identifier": "anna@example.org"})).await).await;
        let (status, _) = parts(again.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!(status, 400, "a code of another flow is not taken");
        world.stop().await;
    }
}

on_both! {
    async fn a_new_code_replaces_the_old(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (_, flow) = parts(browser.submit(&flow, json!({"method": "code", "identifier": "anna@example.org"})).await).await;
        let old = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "resend": "code"})).await).await;
        assert_eq!((status, &flow["state"]), (400, &json!("sent_email")));
        let new = world.mailbox.wait("anna@example.org", 1).await.code();
        if old != new {
            let (status, _) = parts(browser.submit(&flow, json!({"method": "code", "code": old})).await).await;
            assert_eq!(status, 400);
        }
        let (status, body) = parts(browser.submit(&flow, json!({"method": "code", "code": new})).await).await;
        assert_eq!(status, 200, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn nobodys_identifier_is_answered_like_anybodys(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let mut shown = Vec::new();
        for address in ["anna@example.org", "nobody@example.org"] {
            let browser = world.browser();
            let flow = browser.begin("/self-service/login/browser").await;
            let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "identifier": address})).await).await;
            shown.push((status, world.scrubbed(&flow).to_string().replace(address, "[it]")));
        }
        assert_eq!(shown[0], shown[1]);
        world.stop().await;
    }
}

on_both! {
    async fn a_code_registers_and_proves_the_address(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        let fields = json!({"method": "code", "traits": {"email": "anna@example.org", "name": "Anna"}});
        let (status, flow) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &flow["state"], messages(&flow)), (400, &json!("sent_email"), vec![1_040_005]), "{flow}");
        assert_eq!(node(&flow, "traits.email")["attributes"]["value"], "anna@example.org");
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let other = json!({"method": "code", "code": code, "traits": {"email": "mallory@example.org"}});
        let (status, body) = parts(browser.submit(&flow, other).await).await;
        assert_eq!(status, 400, "the traits changed since the code was sent: {body}");
        let fields = json!({"method": "code", "code": code, "traits": {"email": "anna@example.org", "name": "Anna"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["identity"]["verifiable_addresses"][0]["verified"], true, "{body}");
        assert_eq!(whoami(&browser).await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn wrong_codes_are_counted_over_parallel_flows(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let mut refused = 0;
        for _ in 0..6 {
            let browser = world.browser();
            let flow = browser.begin("/self-service/login/browser").await;
            let (_, flow) = parts(browser.submit(&flow, json!({"method": "code", "identifier": "anna@example.org"})).await).await;
            for guess in 0..6 {
                let fields = json!({"method": "code", "code": format!("{guess:06}")});
                let (status, body) = parts(browser.submit(&flow, fields).await).await;
                refused += usize::from(status == 429 || messages(&body) == [4_000_001]);
            }
        }
        assert!(refused >= 20, "most of 36 guesses are not even compared: {refused}");
        world.stop().await;
    }
}

on_both! {
    async fn it_is_not_there_unless_configured(dsn: String) {
        let over = with(json!({"selfservice": {"methods": {"code": {"passwordless_enabled": false}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (status, _) = parts(browser.submit(&flow, json!({"method": "code", "identifier": "anna@example.org"})).await).await;
        assert_eq!(status, 400);
        assert!(world.mailbox.to("anna@example.org").is_empty());
        world.stop().await;
    }
}
