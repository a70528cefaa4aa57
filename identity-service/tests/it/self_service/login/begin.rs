//! The beginning of a login flow, and reading it.

use insta::assert_json_snapshot;
use serde_json::json;
use shared_types::on_both;

use crate::self_service::world::{HOME, World, location, messages, parts};

on_both! {
    async fn a_script_gets_the_flow(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let flow = world.browser().begin("/self-service/login/browser?return_to=https://portal.example.org/x").await;
        assert_json_snapshot!("login_flow", world.scrubbed(&flow));
        world.stop().await;
    }
}

on_both! {
    async fn a_browser_is_sent_to_the_page(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let response = browser.visit("/self-service/login/browser").await;
        assert_eq!(response.status(), 303);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("csrf_token_") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let page = location(&response);
        assert!(page.starts_with(world.public.join("login?flow=").unwrap().as_str()), "{page}");
        let id = page.split("flow=").nth(1).unwrap();

        let (status, flow) = parts(browser.get(&format!("/self-service/login/flows?id={id}")).await).await;
        assert_eq!((status, flow["id"].as_str()), (200, Some(id)));
        world.stop().await;
    }
}

on_both! {
    async fn a_flow_belongs_to_the_browser_that_began_it(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let flow = world.browser().begin("/self-service/login/browser").await;
        let path = format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap());
        let without_cookie = parts(world.program().get(&path).await).await;
        let stranger = world.browser();
        stranger.begin("/self-service/login/browser").await;
        let with_another = parts(stranger.get(&path).await).await;
        for (status, body) in [without_cookie, with_another] {
            assert_eq!((status, &body["error"]["id"]), (403, &json!("security_csrf_violation")));
            assert!(body["error"]["details"]["reject_reason"].is_string());
        }
        world.stop().await;
    }
}

on_both! {
    async fn unknown_flows_are_not_found(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        for id in ["00000000-0000-4000-8000-000000000000", "nonsense", "%00", "%F0%9F%92%A9"] {
            assert_eq!(browser.get(&format!("/self-service/login/flows?id={id}")).await.status(), 404, "{id}");
        }
        assert_eq!(browser.get("/self-service/login/flows").await.status(), 404);
        // A flow of another kind is none.
        let flow = browser.begin("/self-service/registration/browser").await;
        let path = format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap());
        assert_eq!(browser.get(&path).await.status(), 404);
        world.stop().await;
    }
}

on_both! {
    async fn an_expired_flow_says_where_another_begins(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser?return_to=https://portal.example.org/x").await;
        world.clock.advance(chrono::Duration::hours(1));
        let (status, body) = parts(browser.get(&format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap())).await).await;
        assert_eq!(status, 410);
        assert_json_snapshot!("login_flow_expired", world.scrubbed(&body));
        world.stop().await;
    }
}

on_both! {
    async fn return_to_must_be_allowed(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let (status, body) = parts(browser.get("/self-service/login/browser?return_to=https://evil.example/").await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("self_service_flow_return_to_forbidden")));
        // A browser is sent to the error page, which can read the error.
        let response = browser.visit("/self-service/login/browser?return_to=//evil.example/").await;
        assert_eq!(response.status(), 303);
        let page = location(&response);
        assert!(page.starts_with(world.public.join("error?id=").unwrap().as_str()), "{page}");
        let id = page.split("id=").nth(1).unwrap();
        let (status, body) = parts(browser.get(&format!("/self-service/errors?id={id}")).await).await;
        assert_eq!((status, &body["error"]["id"]), (200, &json!("self_service_flow_return_to_forbidden")));
        world.stop().await;
    }
}

on_both! {
    async fn assurance_levels_are_checked(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let (status, body) = parts(browser.get("/self-service/login/browser?aal=aal2").await).await;
        assert_eq!((status, &body["error"]["id"]), (401, &json!("session_aal1_required")));
        assert_eq!(browser.get("/self-service/login/browser?aal=aal9").await.status(), 400);
        assert_eq!(browser.get("/self-service/login/browser?aal=AAL1").await.status(), 200);
        assert_eq!(browser.get("/self-service/login/browser?identity_schema=nonsense").await.status(), 400);
        world.stop().await;
    }
}

on_both! {
    async fn who_is_signed_in_need_not_sign_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let (status, body) = parts(browser.get("/self-service/login/browser").await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")));
        let response = browser.visit("/self-service/login/browser?return_to=https://portal.example.org/x").await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "https://portal.example.org/x"));
        assert_eq!(location(&browser.visit("/self-service/login/browser").await), HOME);

        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        assert_eq!(messages(&flow), [1_010_003]);
        assert_json_snapshot!("login_flow_refresh", world.scrubbed(&flow));
        world.stop().await;
    }
}
