//! Registration on one screen.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{HOME, PASSWORD, World, ids, location, messages, node, parts};

const BEGIN: &str = "/self-service/registration/browser";

fn fields(email: &str) -> Value {
    json!({"method": "password", "traits": {"email": email}, "password": PASSWORD})
}

on_both! {
    async fn a_script_registers_and_is_signed_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_json_snapshot!("registration_flow", world.scrubbed(&flow));
        let mut fields = fields("Anna@Example.org");
        fields["traits"]["name"] = json!("Anna");
        fields["traits"]["age"] = json!(41);
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200);
        assert_json_snapshot!("registration_success", world.scrubbed(&body));
        let (status, whoami) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!((status, &whoami["identity"]["traits"]["name"]), (200, &json!("Anna")));
        world.stop().await;
    }
}

on_both! {
    async fn a_form_registers_with_the_types_of_the_schema(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(&format!("{BEGIN}?return_to=https://portal.example.org/x")).await;
        let form = [
            ("traits.email", "anna@example.org"), ("traits.name", ""), ("traits.age", "41"), ("traits.news", "false"),
            ("traits.news", "true"), ("password", PASSWORD), ("method", "password"),
        ];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "https://portal.example.org/x"));
        let (_, whoami) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!(whoami["identity"]["traits"], json!({"email": "anna@example.org", "age": 41, "news": true}));
        world.stop().await;
    }
}

on_both! {
    async fn mistakes_are_told_at_their_inputs(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let wrong = json!({"method": "password", "password": PASSWORD,
            "traits": {"email": "nonsense", "name": "A", "age": -1, "news": "perhaps", "shoe": 42}});
        let (status, body) = parts(browser.submit(&flow, wrong).await).await;
        assert_eq!(status, 400);
        assert_eq!(ids(&node(&body, "traits.email")["messages"]), [4_000_040]);
        assert_eq!(ids(&node(&body, "traits.name")["messages"]), [4_000_003]);
        assert_eq!(ids(&node(&body, "traits.age")["messages"]), [4_000_018]);
        assert_eq!(ids(&node(&body, "traits.news")["messages"]), [4_000_026]);
        assert_eq!(node(&body, "traits.name")["attributes"]["value"], "A");
        assert_eq!(node(&body, "password")["attributes"]["value"], Value::Null);
        assert_json_snapshot!("registration_mistakes", world.scrubbed(&body));

        let (_, body) = parts(browser.submit(&flow, json!({"method": "password", "traits": {}, "password": PASSWORD})).await).await;
        assert_eq!(ids(&node(&body, "traits.email")["messages"]), [4_000_002]);
        let (_, body) = parts(browser.submit(&flow, json!({"method": "password", "traits": "x", "password": PASSWORD})).await).await;
        assert_eq!(messages(&body), [4_000_001]);
        world.stop().await;
    }
}

on_both! {
    async fn passwords_must_keep_the_rules(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let long = "0123456789 ".repeat(8);
        for (password, id) in [("", 4_000_002), ("short", 4_000_032), ("anna@example.org", 4_000_031), (long.as_str(), 4_000_033)] {
            let mut fields = fields("anna@example.org");
            fields["password"] = json!(password);
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!((status, ids(&node(&body, "password")["messages"])), (400, vec![id]), "{password}");
            assert_eq!(node(&body, "traits.email")["attributes"]["value"], "anna@example.org");
        }
        assert_eq!(browser.submit(&flow, fields("anna@example.org")).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn the_look_up_among_breached_passwords_may_fail_or_not(dsn: String) {
        for (ignored, status) in [(true, 200), (false, 502)] {
            let over = json!({"selfservice": {"methods": {"password": {"config": {"haveibeenpwned_enabled": true,
                "haveibeenpwned_host": "127.0.0.1:9", "ignore_network_errors": ignored}}}}});
            let world = World::start(&dsn, over).await;
            let browser = world.browser();
            let flow = browser.begin(BEGIN).await;
            assert_eq!(browser.submit(&flow, fields("anna@example.org")).await.status(), status);
            world.stop().await;
        }
    }
}

on_both! {
    async fn an_identifier_belongs_to_one_account(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let (status, body) = parts(browser.submit(&flow, fields("ANNA@example.org")).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_007]));
        // A browser comes back to the page with 302, and the page shows the message.
        let form = [("traits.email", "anna@example.org"), ("password", PASSWORD), ("method", "password")];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!(response.status(), 302);
        assert!(location(&response).starts_with(world.public.join("registration?flow=").unwrap().as_str()));
        assert_eq!(browser.submit(&flow, fields("berta@example.org")).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn how_the_owner_signs_in_is_told_where_configured(dsn: String) {
        let over = json!({"selfservice": {"flows": {"registration": {"login_hints": true}}}});
        let world = World::start(&dsn, over).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org")).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_028]), "{body}");
        let context = &body["ui"]["messages"][0]["context"];
        assert_eq!(context["available_credential_types"], json!(["password"]));
        assert_eq!(context["credential_identifier_hint"], "anna@example.org");
        world.stop().await;
    }
}

on_both! {
    async fn what_is_sent_is_not_kept_beyond_reason(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let long = "x".repeat(1 << 20);
        let mut traits = json!({"email": long, "name": long});
        traits[&long] = json!(1);
        for at in 0..1000 {
            traits[format!("unknown{at}")] = json!(long.get(..100));
        }
        let response = browser.submit(&flow, json!({"method": "password", "traits": traits, "password": PASSWORD})).await;
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().len() < 100_000);
        assert_eq!(browser.submit(&flow, fields("anna@example.org")).await.status(), 200);
        let login = world.browser();
        let flow = login.begin("/self-service/login/browser").await;
        let response = login.submit(&flow, json!({"method": "password", "identifier": long, "password": PASSWORD})).await;
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().len() < 10_000);
        world.stop().await;
    }
}

on_both! {
    async fn nobody_promotes_himself(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_eq!(node(&flow, "traits.role"), &Value::Null, "what cannot be filled in is not asked for");
        let mut promoted = fields("anna@example.org");
        promoted["traits"]["role"] = json!("admin");
        let (status, body) = parts(browser.submit(&flow, promoted).await).await;
        assert_eq!(status, 400);
        assert!(!ids(&node(&body, "traits.role")["messages"]).is_empty(), "{body}");
        // Told once, it is not asked for ever after.
        let (_, body) = parts(browser.submit(&flow, json!({"method": "password"})).await).await;
        assert_eq!(node(&body, "traits.role"), &Value::Null);
        let form = [("traits.email", "anna@example.org"), ("traits.role", "admin"), ("password", PASSWORD), ("method", "password")];
        assert_eq!(browser.submit_form(&flow, &form).await.status(), 302);
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        world.stop().await;
    }
}

on_both! {
    async fn registration_can_be_switched_off(dsn: String) {
        let world = World::start(&dsn, json!({"selfservice": {"flows": {"registration": {"enabled": false}}}})).await;
        let (status, body) = parts(world.browser().get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("self_service_flow_disabled")));
        world.stop().await;
    }
}

on_both! {
    async fn who_is_signed_in_cannot_register(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        browser.register("anna@example.org").await;
        let (status, body) = parts(browser.get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")));
        let (status, body) = parts(browser.submit(&flow, fields("berta@example.org")).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")));
        let form = [("traits.email", "berta@example.org"), ("password", PASSWORD), ("method", "password")];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (302, HOME));
        world.stop().await;
    }
}
