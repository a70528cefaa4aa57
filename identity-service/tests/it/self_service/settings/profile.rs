//! Traits: changed by their owner, except those that only an administrator may write.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{everything, sign_in, with},
    world::{PASSWORD, World, ids, messages, node, parts},
};

on_both! {
    async fn traits_change(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        assert_eq!(node(&flow, "traits.email")["attributes"]["value"], "anna@example.org");
        assert_eq!(node(&flow, "traits.email")["group"], "profile");
        assert!(node(&flow, "traits.role").is_null(), "what only an administrator may write is not asked for");
        let fields = json!({"method": "profile", "traits": {"email": "anna@example.org", "name": "A"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, ids(&node(&body, "traits.name")["messages"])), (400, vec![4_000_003]), "{body}");
        assert_eq!(body["identity"]["traits"]["email"], "anna@example.org", "a form says whose it is, complaints or not");
        let fields = json!({"method": "profile", "traits": {"email": "anna@example.org", "name": "Anna"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &body["identity"]["traits"]["name"]), (200, &json!("Anna")), "{body}");
        assert_eq!(messages(&body), [1_050_001]);
        world.stop().await;
    }
}

on_both! {
    async fn scripts_send_what_they_read_from_inputs(dsn: String) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let schema = json!({"type": "object", "properties": {"traits": {"type": "object", "properties": {
            "email": {"type": "string", "format": "email", "minLength": 3,
                "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}},
            "age": {"type": "integer"}, "news": {"type": "boolean"}, "size": {"type": "number"}, "name": {"type": "string"}}}}});
        let url = format!("base64://{}", STANDARD.encode(schema.to_string()));
        let world = World::start(&dsn, with(json!({
            "identity": {"default_schema_id": "typed", "schemas": [{"id": "typed", "url": url}]},
        }))).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let texts = json!({"email": "anna@example.org", "age": "42", "news": "true", "size": "", "name": ""});
        let (status, body) = parts(browser.submit(&flow, json!({"method": "profile", "traits": texts})).await).await;
        assert_eq!(status, 200, "{body}");
        let kept = json!({"email": "anna@example.org", "age": 42, "news": true, "name": ""});
        assert_eq!(body["identity"]["traits"], kept);
        let flow = browser.begin("/self-service/settings/browser").await;
        let wrong = json!({"method": "profile", "traits": {"email": "x", "age": "old"}});
        let (status, body) = parts(browser.submit(&flow, wrong).await).await;
        assert_eq!((status, ids(&node(&body, "traits.age")["messages"])), (400, vec![4_000_026]), "{body}");
        let told = ids(&node(&body, "traits.email")["messages"]);
        assert_eq!(told, [4_000_040, 4_000_003], "that it is no address comes before that it is short");
        world.stop().await;
    }
}

on_both! {
    async fn a_new_address_is_what_one_signs_in_with(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        world.create_with("reachable", json!({"email": "berta@example.org"})).await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let taken = json!({"method": "profile", "traits": {"email": "BERTA@example.org"}});
        let (status, body) = parts(browser.submit(&flow, taken).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_007]), "{body}");
        let fields = json!({"method": "profile", "traits": {"email": "carla@example.org"}});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200, "{body}");
        let addresses = body["identity"]["verifiable_addresses"].as_array().unwrap();
        assert_eq!((addresses.len(), &addresses[0]["value"]), (1, &json!("carla@example.org")));
        assert_eq!(addresses[0]["verified"], false);
        assert_eq!(sign_in(&world.browser(), "carla@example.org").await.0, 200);
        assert_eq!(sign_in(&world.browser(), "anna@example.org").await.0, 400);
        world.stop().await;
    }
}

on_both! {
    async fn administrators_traits_stay_theirs(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org", "role": "buyer"})).await;
        let browser = world.browser();
        sign_in(&browser, "anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        for traits in [
            json!({"email": "anna@example.org", "role": "owner"}),
            json!({"email": "anna@example.org", "role": ["owner"]}),
        ] {
            let fields = json!({"method": "profile", "traits": traits});
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!(status, 400, "{body}");
        }
        let form = [("method", "profile"), ("traits.email", "anna@example.org"), ("traits.role", "owner")];
        assert_eq!(browser.submit_form(&flow, &form).await.status(), 303);
        // Left out, or repeated, it stays.
        let email = "anna@example.org";
        for role in [json!({}), json!({"role": null}), json!({"role": "buyer"})] {
            let mut traits = json!({"email": email});
            crate::world::merge(&mut traits, &role);
            let fields = json!({"method": "profile", "traits": traits});
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!((status, &body["identity"]["traits"]["role"]), (200, &json!("buyer")), "{body}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn former_addresses_are_told(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"settings": {"after": {"profile": {
            "hooks": [{"hook": "notify_previous_addresses"}]}}}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let fields = json!({"method": "profile", "traits": {"email": "carla@example.org"}});
        assert_eq!(browser.submit(&flow, fields).await.status(), 200);
        let mail = world.mailbox.wait("anna@example.org", 0).await;
        assert!(!mail.text.is_empty());
        assert!(world.mailbox.to("carla@example.org").is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn a_new_address_can_be_made_to_wait_for_its_proof(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"verification": {"enabled": true},
            "settings": {"after": {"profile": {"hooks": [{"hook": "verify_new_address"}]}}}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let two = json!({"method": "profile", "traits": {"email": "carla@example.org", "backup": "c@example.org"}});
        let (status, body) = parts(browser.submit(&flow, two).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_050_002]), "{body}");
        let one = json!({"method": "profile", "traits": {"email": "carla@example.org", "name": "Carla"}});
        let (status, body) = parts(browser.submit(&flow, one).await).await;
        assert_eq!((status, &body["continue_with"][0]["action"]), (200, &json!("show_verification_ui")), "{body}");
        let shown = &body["continue_with"][0]["flow"];
        assert_eq!(shown["verifiable_address"], "carla@example.org");
        // Until then nothing has changed.
        assert_eq!(sign_in(&world.browser(), "carla@example.org").await.0, 400);
        let code = world.mailbox.wait("carla@example.org", 0).await.code();
        let id = shown["id"].as_str().unwrap();
        let verification = browser.begin(&format!("/self-service/verification/flows?id={id}")).await;
        let (status, body) = parts(browser.submit(&verification, json!({"method": "code", "code": code})).await).await;
        assert_eq!((status, messages(&body)), (200, vec![1_080_002]), "{body}");
        let (status, body) = sign_in(&world.browser(), "carla@example.org").await;
        assert_eq!((status, &body["session"]["identity"]["traits"]["name"]), (200, &json!("Carla")));
        assert_eq!(body["session"]["identity"]["verifiable_addresses"][0]["verified"], true);
        assert_eq!(sign_in(&world.browser(), "anna@example.org").await.0, 400);
        world.stop().await;
    }
}

on_both! {
    async fn what_waits_ends_with_the_session_that_wrote_it(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"verification": {"enabled": true},
            "settings": {"after": {"profile": {"hooks": [{"hook": "verify_new_address"}]}}}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let one = json!({"method": "profile", "traits": {"email": "carla@example.org"}});
        let (_, body) = parts(browser.submit(&flow, one).await).await;
        let code = world.mailbox.wait("carla@example.org", 0).await.code();
        let other = world.browser();
        sign_in(&other, "anna@example.org").await;
        let (status, _) = parts(other.client.delete(other.url("/sessions")).send().await.unwrap()).await;
        assert_eq!(status, 200);
        let id = body["continue_with"][0]["flow"]["id"].as_str().unwrap();
        let verification = browser.begin(&format!("/self-service/verification/flows?id={id}")).await;
        let (_, body) = parts(browser.submit(&verification, json!({"method": "code", "code": code})).await).await;
        assert_eq!(messages(&body), [4_070_006], "{body}");
        let fields = json!({"method": "password", "identifier": "carla@example.org", "password": PASSWORD});
        let flow = world.browser().begin("/self-service/login/browser").await;
        assert_ne!(world.browser().submit(&flow, fields).await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn who_sends_no_traits_is_told_what_is_missing(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        for fields in [json!({"method": "profile"}), json!({"method": "profile", "traits": null})] {
            let flow = browser.begin("/self-service/settings/browser").await;
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!((status, ids(&node(&body, "traits.email")["messages"])), (400, vec![4_000_002]), "{body}");
            assert_eq!(body["identity"]["traits"]["email"], "anna@example.org");
        }
        world.stop().await;
    }
}
