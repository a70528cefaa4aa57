//! The second factor: when it is asked for, and what counts as one.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    people::{add_app, add_backup_codes, app_code, everything, has, sign_in, whoami, with},
    world::{Browser, PASSWORD, World, location, messages, node, parts},
};

const STEP_UP: &str = "/self-service/login/browser?aal=aal2";

async fn second(browser: &Browser, fields: Value) -> (u16, Value) {
    let flow = browser.begin(STEP_UP).await;
    parts(browser.submit(&flow, fields).await).await
}

on_both! {
    async fn whoami_wants_it_from_who_has_one(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        let other = world.browser();
        let (status, body) = sign_in(&other, "anna@example.org").await;
        assert_eq!((status, &body["error"]["id"]), (422, &json!("browser_location_change_required")), "{body}");
        assert!(body["redirect_browser_to"].as_str().unwrap().contains("/self-service/login/browser?aal=aal2"), "{body}");
        let (status, body) = whoami(&other).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("session_aal2_required")));
        assert!(body["redirect_browser_to"].as_str().unwrap().contains("aal=aal2"));
        let (status, body) = parts(other.get("/sessions").await).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("session_aal2_required")), "nor are his sessions shown");
        let flow = other.begin(&format!("{STEP_UP}&refresh=true")).await;
        assert_eq!(messages(&flow), [1_010_003, 1_010_004]);
        let flow = other.begin(STEP_UP).await;
        assert_eq!((messages(&flow), &flow["requested_aal"]), (vec![1_010_004], &json!("aal2")));
        assert!(has(&flow, "totp_code") && !has(&flow, "password") && !has(&flow, "lookup_secret"));
        let (status, body) = parts(other.submit(&flow, json!({"method": "totp", "totp_code": app_code(&world, &secret)})).await).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["session"]["authenticator_assurance_level"], "aal2");
        let methods: Vec<_> = body["session"]["authentication_methods"].as_array().unwrap().iter().map(|by| &by["method"]).collect();
        assert_eq!(methods, ["password", "totp"]);
        assert_eq!(whoami(&other).await.0, 200);
        let (status, body) = parts(other.get(STEP_UP).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")), "there is nothing to add");
        world.stop().await;
    }
}

on_both! {
    async fn a_code_of_an_app_is_taken_once_and_guesses_are_slowed(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        let first = world.browser();
        sign_in(&first, "anna@example.org").await;
        let code = app_code(&world, &secret);
        assert_eq!(second(&first, json!({"method": "totp", "totp_code": code})).await.0, 200);
        let replay = world.browser();
        sign_in(&replay, "anna@example.org").await;
        let (status, body) = second(&replay, json!({"method": "totp", "totp_code": code})).await;
        assert_eq!(status, 400, "{body}");
        let mut slowed = false;
        for guess in 0..30 {
            let (status, _) = second(&replay, json!({"method": "totp", "totp_code": format!("{guess:06}")})).await;
            slowed |= status == 429;
        }
        assert!(slowed, "thirty guesses in a row are too many");
        assert_eq!(whoami(&replay).await.0, 403);
        world.stop().await;
    }
}

on_both! {
    async fn each_backup_code_is_good_once(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let codes = add_backup_codes(&browser).await;
        assert_eq!(codes.len(), 12);
        let other = world.browser();
        sign_in(&other, "anna@example.org").await;
        let (status, body) = second(&other, json!({"method": "lookup_secret", "lookup_secret": "aaaaaaaa"})).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_016]), "{body}");
        let fields = json!({"method": "lookup_secret", "lookup_secret": codes[3]});
        let (status, body) = second(&other, fields.clone()).await;
        assert_eq!((status, &body["session"]["authenticator_assurance_level"]), (200, &json!("aal2")), "{body}");
        let third = world.browser();
        sign_in(&third, "anna@example.org").await;
        let (status, body) = second(&third, fields).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_012]), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn one_code_submitted_many_times_at_once_wins_once(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let codes = add_backup_codes(&browser).await;
        let mut flows = Vec::new();
        for _ in 0..8 {
            let thief = world.browser();
            sign_in(&thief, "anna@example.org").await;
            let flow = thief.begin(STEP_UP).await;
            flows.push((thief, flow));
        }
        let tries = flows.iter().map(|(thief, flow)| thief.submit(flow, json!({"method": "lookup_secret", "lookup_secret": codes[0]})));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
        world.stop().await;
    }
}

on_both! {
    async fn a_code_by_mail_can_be_one(dsn: String) {
        let over = with(json!({"selfservice": {"methods": {"code": {"mfa_enabled": true, "passwordless_enabled": false}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        let fields = json!({"method": "password", "traits": {"email": "anna@example.org"}, "password": PASSWORD});
        let _ = browser.submit(&flow, fields).await;
        let flow = browser.begin(STEP_UP).await;
        let flow = if flow["state"] == "sent_email" {
            flow
        } else {
            parts(browser.submit(&flow, json!({"method": "code", "address": "anna@example.org"})).await).await.1
        };
        assert_eq!(flow["state"], "sent_email", "{flow}");
        let (_, wrong) = parts(browser.submit(&flow, json!({"method": "code", "code": "000000"})).await).await;
        assert_eq!(messages(&wrong), [4_010_008]);
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, body) = parts(browser.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!((status, &body["session"]["authenticator_assurance_level"]), (200, &json!("aal2")), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn nobody_begins_with_the_second(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        let (status, body) = parts(browser.get(STEP_UP).await).await;
        assert_eq!((status, &body["error"]["id"]), (401, &json!("session_aal1_required")));
        browser.register("anna@example.org").await;
        add_backup_codes(&browser).await;
        let other = world.browser();
        sign_in(&other, "anna@example.org").await;
        let flow = other.begin(STEP_UP).await;
        // A password does not count twice.
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        assert_ne!(other.submit(&flow, fields).await.status(), 200);
        assert_eq!(whoami(&other).await.0, 403);
        // The session has ended meanwhile.
        let (_, body) = parts(other.get("/self-service/logout/browser").await).await;
        let _ = other.get(body["logout_url"].as_str().unwrap()).await;
        let (status, body) = parts(other.submit(&flow, json!({"method": "lookup_secret", "lookup_secret": "aaaaaaaa"})).await).await;
        assert!(status == 401 || status == 403, "{status} {body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_page_leads_to_it(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        add_app(&world, &browser).await;
        let other = world.browser();
        let flow = other.begin("/self-service/login/browser").await;
        let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
        let response = other.submit_form(&flow, &form).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains("aal=aal2"), "{}", location(&response));
        let response = other.visit(&location(&response)).await;
        assert!(location(&response).contains("/login?flow="), "{}", location(&response));
        world.stop().await;
    }
}

on_both! {
    async fn via_names_the_trait_a_code_goes_to(dsn: String) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let address = json!({"type": "string", "format": "email", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}, "code": {"identifier": true, "via": "email"}}}});
        let schema = json!({"type": "object", "properties": {"traits": {"type": "object", "properties": {
            "email": address, "work": address, "spare": {"type": "string", "format": "email",
                "ory.sh/kratos": {"verification": {"via": "email"}}}}}}});
        let world = World::start(&dsn, with(json!({
            "identity": {"default_schema_id": "two", "schemas": [
                {"id": "two", "url": format!("base64://{}", STANDARD.encode(schema.to_string()))}]},
            "selfservice": {"methods": {"code": {"mfa_enabled": true, "passwordless_enabled": false}}},
        }))).await;
        let traits = json!({"email": "anna@example.org", "work": "anna@example.com", "spare": "anna@example.net"});
        world.create_with("two", traits).await;
        for path in ["browser", "api"] {
            let client = if path == "api" { world.program() } else { world.browser() };
            let flow = client.begin(&format!("/self-service/login/{path}")).await;
            let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
            let (_, body) = parts(client.submit(&flow, fields).await).await;
            let token = body["session_token"].as_str().unwrap_or_default().to_owned();
            let step_up = |query: &str| {
                let url = client.url(&format!("/self-service/login/{path}?aal=aal2{query}"));
                client.client.get(url).header("accept", "application/json").header("x-session-token", &token).send()
            };
            let (_, flow) = parts(step_up("").await.unwrap()).await;
            let buttons = flow["ui"]["nodes"].as_array().unwrap().iter().filter(|it| it["attributes"]["name"] == "address");
            assert_eq!(buttons.count(), 2, "{flow}");
            let before = world.mailbox.to("anna@example.com").len();
            let (status, flow) = parts(step_up("&via=work").await.unwrap()).await;
            // It is the only thing there is to choose, so that it is sent at once.
            assert_eq!((status, &flow["state"]), (200, &json!("sent_email")), "{path}: {flow}");
            let shown = node(&flow, "identifier");
            assert_eq!((&shown["attributes"]["value"], &shown["group"]), (&json!("anna@example.com"), &json!("code")));
            world.mailbox.wait("anna@example.com", before).await;
            for wrong in ["spare", "nothing", "traits.email"] {
                let (status, body) = parts(step_up(&format!("&via={wrong}")).await.unwrap()).await;
                assert_eq!(status, 400, "{path} {wrong}: {body}");
            }
        }
        world.stop().await;
    }
}

on_both! {
    async fn a_code_that_is_too_short_is_no_guess(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let secret = add_app(&world, &browser).await;
        let other = world.browser();
        sign_in(&other, "anna@example.org").await;
        for _ in 0..20 {
            let (status, body) = second(&other, json!({"method": "totp", "totp_code": "12345"})).await;
            let told = &node(&body, "totp_code")["messages"][0];
            assert_eq!((status, &told["id"], &told["context"]["actual_length"]), (400, &json!(4_000_003), &json!(5)), "{body}");
        }
        let fields = json!({"method": "totp", "totp_code": app_code(&world, &secret)});
        assert_eq!(second(&other, fields).await.0, 200);
        // Both factors once more: the second is not asked for in addition.
        let flow = other.begin(&format!("{STEP_UP}&refresh=true")).await;
        assert_eq!(messages(&flow), [1_010_003]);
        world.stop().await;
    }
}
