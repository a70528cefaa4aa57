//! Confirming who is signed in.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{PASSWORD, World, parts};

on_both! {
    async fn the_same_person_keeps_his_session(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let registered = browser.register("anna@example.org").await;
        world.clock.advance(chrono::Duration::minutes(10));
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let response = browser.submit(&flow, fields).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["session"]["id"], registered["session"]["id"]);
        assert_ne!(body["session"]["authenticated_at"], registered["session"]["authenticated_at"]);
        assert_eq!(body["session"]["authentication_methods"].as_array().unwrap().len(), 2);
        world.stop().await;
    }
}

on_both! {
    async fn another_person_gets_a_session_of_his_own(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let registered = browser.register("anna@example.org").await;
        world.create("berta@example.org").await;
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        let fields = json!({"method": "password", "identifier": "berta@example.org", "password": PASSWORD});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200);
        assert_ne!(body["session"]["id"], registered["session"]["id"]);
        let (_, whoami) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!(whoami["identity"]["traits"]["email"], "berta@example.org");
        world.stop().await;
    }
}

on_both! {
    async fn a_program_keeps_its_token(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let program = world.program();
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let flow = program.begin("/self-service/login/api").await;
        let (_, first) = parts(program.submit(&flow, fields.clone()).await).await;
        let token = first["session_token"].as_str().unwrap();
        let begin = program.client.get(program.url("/self-service/login/api?refresh=true")).header("x-session-token", token);
        let (status, flow) = parts(begin.send().await.unwrap()).await;
        assert_eq!((status, &flow["refresh"]), (200, &json!(true)));
        let submit = program.client.post(flow["ui"]["action"].as_str().unwrap()).header("x-session-token", token);
        let (status, second) = parts(submit.json(&fields).send().await.unwrap()).await;
        assert_eq!((status, &second["session"]["id"]), (200, &first["session"]["id"]));
        assert_eq!(second["session_token"], token);
        world.stop().await;
    }
}
