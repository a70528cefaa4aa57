//! A new password, and the fresh sign-in it needs.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::{
    people::{everything, whoami, with},
    world::{PASSWORD, World, ids, location, messages, node, parts},
};

const NEW: &str = "another green lamp";

on_both! {
    async fn a_new_password_replaces_the_old(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let short = json!({"method": "password", "password": "short"});
        let (status, body) = parts(browser.submit(&flow, short).await).await;
        assert_eq!((status, ids(&node(&body, "password")["messages"])), (400, vec![4_000_032]), "{body}");
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "password": NEW})).await).await;
        assert_eq!((status, &body["state"], messages(&body)), (200, &json!("success"), vec![1_050_001]));
        let go = &body["continue_with"][0];
        assert_eq!(go["action"], "redirect_browser_to");
        for (password, status) in [(PASSWORD, 400), (NEW, 200)] {
            let other = world.browser();
            let flow = other.begin("/self-service/login/browser").await;
            let fields = json!({"method": "password", "identifier": "anna@example.org", "password": password});
            assert_eq!(other.submit(&flow, fields).await.status().as_u16(), status, "{password}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn it_needs_a_fresh_sign_in(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        world.clock.advance(chrono::Duration::minutes(59));
        let flow = browser.begin("/self-service/settings/browser").await;
        world.clock.advance(chrono::Duration::minutes(2));
        let fields = json!({"method": "password", "password": NEW});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("session_refresh_required")), "{body}");
        let to = body["redirect_browser_to"].as_str().unwrap();
        assert!(to.contains("refresh=true") && to.contains("return_to="), "{to}");
        world.stop().await;
    }
}

on_both! {
    async fn a_form_goes_on_by_itself_after_the_fresh_sign_in(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        world.clock.advance(chrono::Duration::minutes(58));
        let flow2 = browser.begin("/self-service/settings/browser").await;
        world.clock.advance(chrono::Duration::minutes(2));
        let response = browser.submit_form(&flow2, &[("method", "password"), ("password", NEW)]).await;
        assert_eq!(response.status(), 303);
        let login = location(&response);
        let response = browser.visit(&login).await;
        assert_eq!(response.status(), 303);
        let id = location(&response).split_once("flow=").unwrap().1.to_owned();
        let login = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert_eq!((&login["refresh"], messages(&login)), (&json!(true), vec![1_010_003]));
        let fields = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
        let response = browser.submit_form(&login, &fields).await;
        let back = location(&response);
        assert!(back.contains("/self-service/settings?flow="), "{back}");
        // The submission that waited is taken now, once.
        let response = browser.visit(&back).await;
        assert_eq!(response.status(), 303, "{}", response.text().await.unwrap());
        let other = world.browser();
        let sign_in = other.begin("/self-service/login/browser").await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": NEW});
        assert_eq!(other.submit(&sign_in, fields).await.status(), 200);
        // Somebody else's link to the flow changes nothing.
        let stranger = world.browser();
        stranger.register("berta@example.org").await;
        assert_ne!(stranger.visit(&back).await.status(), 200);
        drop(flow);
        world.stop().await;
    }
}

on_both! {
    async fn other_sessions_end_when_configured(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"settings": {"after": {"password": {
            "hooks": [{"hook": "revoke_active_sessions"}]}}}}}}));
        let world = World::start(&dsn, over).await;
        let (here, there) = (world.browser(), world.browser());
        here.register("anna@example.org").await;
        let flow = there.begin("/self-service/login/browser").await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        assert_eq!(there.submit(&flow, fields).await.status(), 200);
        assert_eq!(whoami(&there).await.0, 200);
        let flow = here.begin("/self-service/settings/browser").await;
        let (status, _) = parts(here.submit(&flow, json!({"method": "password", "password": NEW})).await).await;
        assert_eq!(status, 200);
        assert_eq!((whoami(&here).await.0, whoami(&there).await.0), (200, 401));
        world.stop().await;
    }
}
