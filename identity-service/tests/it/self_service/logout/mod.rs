//! `/self-service/logout`.

use serde_json::json;
use shared_types::on_both;

use super::world::{HOME, PASSWORD, World, location, parts};

on_both! {
    async fn a_browser_signs_out(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        assert_eq!(browser.get("/self-service/logout/browser").await.status(), 401);
        browser.register("anna@example.org").await;
        let (status, offer) = parts(browser.get("/self-service/logout/browser?return_to=https://portal.example.org/x").await).await;
        assert_eq!(status, 200);
        let token = offer["logout_token"].as_str().unwrap();
        assert!(token.starts_with("ory_lo_") && token.len() == 39);
        assert_eq!(browser.get("/self-service/logout").await.status(), 400);
        assert_eq!(browser.get("/self-service/logout?token=ory_lo_wrong").await.status(), 403);
        assert_eq!(browser.get("/self-service/logout/browser?return_to=https://evil.example/").await.status(), 400);
        assert_eq!(browser.get("/sessions/whoami").await.status(), 200);
        let response = browser.visit(offer["logout_url"].as_str().unwrap()).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "https://portal.example.org/x"));
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        // Nobody is left to be signed out.
        assert_eq!(location(&browser.visit("/self-service/logout?token=x").await), HOME);
        world.stop().await;
    }
}

on_both! {
    async fn a_script_signs_out(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let (browser, other) = (world.browser(), world.browser());
        browser.register("anna@example.org").await;
        other.register("berta@example.org").await;
        let (_, foreign) = parts(other.get("/self-service/logout/browser").await).await;
        let path = format!("/self-service/logout?token={}", foreign["logout_token"].as_str().unwrap());
        assert_eq!(browser.get(&path).await.status(), 403, "the token of another session");
        let (_, own) = parts(browser.get("/self-service/logout/browser").await).await;
        let path = format!("/self-service/logout?token={}", own["logout_token"].as_str().unwrap());
        assert_eq!(browser.get(&path).await.status(), 204);
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        assert_eq!(other.get("/sessions/whoami").await.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_program_signs_out(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let program = world.program();
        let flow = program.begin("/self-service/login/api").await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let (_, body) = parts(program.submit(&flow, fields).await).await;
        let end = |token: &str| {
            let body = json!({"session_token": token});
            program.client.delete(program.url("/self-service/logout/api")).json(&body).send()
        };
        assert_eq!(end("").await.unwrap().status(), 400);
        assert_eq!(end("ory_st_nonsense").await.unwrap().status(), 403);
        let token = body["session_token"].as_str().unwrap();
        assert_eq!(end(token).await.unwrap().status(), 204);
        assert_eq!(end(token).await.unwrap().status(), 403);
        let whoami = program.client.get(program.url("/sessions/whoami")).header("x-session-token", token).send().await.unwrap();
        assert_eq!(whoami.status(), 401);
        world.stop().await;
    }
}
