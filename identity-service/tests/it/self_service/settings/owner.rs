//! Who may open, see and submit a settings flow.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{add_app, everything, sign_in, with},
    world::{HOME, World, location, messages, parts},
};

on_both! {
    async fn nobody_has_settings_without_signing_in(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        let (status, body) = parts(browser.get("/self-service/settings/browser").await).await;
        assert_eq!((status, &body["error"]["id"]), (401, &json!("session_inactive")));
        let response = browser.visit("/self-service/settings/browser?return_to=https://portal.example.org/x").await;
        assert_eq!(response.status(), 303);
        let to = location(&response);
        assert!(to.contains("/self-service/login/browser?return_to="), "{to}");
        assert!(to.contains("settings"), "{to}");
        let (status, body) = parts(world.program().get("/self-service/settings/api").await).await;
        assert_eq!((status, &body["error"]["id"]), (401, &json!("session_inactive")));
        let response = browser.visit("/.well-known/change-password").await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).ends_with("/settings"), "{}", location(&response));
        world.stop().await;
    }
}

on_both! {
    async fn a_flow_is_its_owners(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let anna = world.browser();
        anna.register("anna@example.org").await;
        let flow = anna.begin("/self-service/settings/browser").await;
        let id = flow["id"].as_str().unwrap();
        assert_eq!(flow["identity"]["traits"]["email"], "anna@example.org");
        assert!(flow["identity"].get("metadata_admin").is_none());
        let berta = world.browser();
        berta.register("berta@example.org").await;
        let (status, body) = parts(berta.get(&format!("/self-service/settings/flows?id={id}")).await).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("security_identity_mismatch")), "{body}");
        let fields = json!({"method": "profile", "traits": {"email": "berta@example.org", "name": "Berta"}});
        let (status, body) = parts(berta.submit(&flow, fields).await).await;
        assert_eq!(status, 403, "{body}");
        let (status, body) = parts(world.browser().get(&format!("/self-service/settings/flows?id={id}")).await).await;
        assert_eq!((status, &body["error"]["id"]), (401, &json!("session_inactive")));
        world.stop().await;
    }
}

on_both! {
    async fn settings_ask_for_every_factor_there_is(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        add_app(&world, &browser).await;
        let other = world.browser();
        let (status, _) = sign_in(&other, "anna@example.org").await;
        assert_eq!(status, 422);
        let (status, body) = parts(other.get("/self-service/settings/browser").await).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("session_aal2_required")), "{body}");
        assert!(body["redirect_browser_to"].as_str().unwrap().contains("aal=aal2"), "{body}");
        let response = other.visit("/self-service/settings/browser").await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains("/self-service/login/browser?aal=aal2"), "{}", location(&response));
        // The first browser has proved both.
        assert_eq!(browser.get("/self-service/settings/browser").await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn an_expired_flow_says_so(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        world.clock.advance(chrono::Duration::minutes(61));
        let id = flow["id"].as_str().unwrap();
        let (status, body) = parts(browser.get(&format!("/self-service/settings/flows?id={id}")).await).await;
        assert_eq!((status, body["error"].get("id")), (410, None), "{body}");
        let (status, body) = parts(browser.submit(&flow, json!({"method": "profile", "traits": {}})).await).await;
        assert_eq!((status, &body["error"]["id"]), (410, &json!("self_service_flow_expired")), "{body}");
        let next = body["use_flow_id"].as_str().unwrap();
        let (status, body) = parts(browser.get(&format!("/self-service/settings/flows?id={next}")).await).await;
        assert_eq!((status, messages(&body)), (200, vec![4_050_001]));
        world.stop().await;
    }
}

on_both! {
    async fn changes_lead_where_they_should(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"settings": {"after": {
            "profile": {"default_browser_return_url": "https://portal.example.org/profile"}}}}}}));
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let form = [("method", "profile"), ("traits.email", "anna@example.org"), ("traits.name", "Anna")];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response)), (303, "https://portal.example.org/profile".into()));
        let flow = browser.begin("/self-service/settings/browser?return_to=https://portal.example.org/own").await;
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!(location(&response), "https://portal.example.org/own");
        let flow = browser.begin("/self-service/settings/browser").await;
        let password = [("method", "password"), ("password", "another green lamp")];
        let response = browser.submit_form(&flow, &password).await;
        let id = flow["id"].as_str().unwrap();
        assert!(location(&response).ends_with(&format!("/settings?flow={id}")), "{}", location(&response));
        assert_ne!(location(&response), HOME);
        world.stop().await;
    }
}

on_both! {
    async fn signing_in_on_the_way_to_the_settings_loses_no_return_to(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let browser = world.browser();
        let to = location(&browser.visit("/self-service/settings/browser?return_to=https://portal.example.org/x").await);
        let flow = browser.begin(&to).await;
        let fields = [("method", "password"), ("identifier", "anna@example.org"), ("password", crate::self_service::world::PASSWORD)];
        let response = browser.submit_form(&flow, &fields).await;
        assert_eq!(response.status(), 303);
        let settings = browser.begin(&location(&response)).await;
        assert_eq!((&settings["state"], &settings["return_to"]), (&json!("show_form"), &json!("https://portal.example.org/x")));
        world.stop().await;
    }
}

on_both! {
    async fn who_is_not_signed_in_is_not_told_which_flows_there_are(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let anna = world.browser();
        anna.register("anna@example.org").await;
        let flow = anna.begin("/self-service/settings/browser").await;
        let (known, unknown) = (flow["id"].as_str().unwrap(), "018f2d0c-0000-7000-8000-0000000000aa");
        let stranger = world.browser();
        for id in [known, unknown] {
            let path = format!("/self-service/settings/flows?id={id}");
            let (status, body) = parts(stranger.get(&path).await).await;
            assert_eq!((status, &body["error"]["id"]), (401, &json!("session_inactive")), "{body}");
            let response = stranger.visit(&path).await;
            assert_eq!((response.status().as_u16(), location(&response)), (302, world.public.join("login").unwrap().to_string()));
            let action = stranger.url(&format!("/self-service/settings?flow={id}"));
            let request = stranger.client.post(action).header("accept", "application/json");
            let (status, body) = parts(request.json(&json!({"method": "profile"})).send().await.unwrap()).await;
            assert_eq!((status, &body["error"]["id"]), (401, &json!("session_inactive")), "{body}");
        }
        assert_eq!(anna.get(&format!("/self-service/settings/flows?id={unknown}")).await.status(), 404);
        world.stop().await;
    }
}
