//! What a registration leads to: hooks, native programs, verification.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{HOME, PASSWORD, World, location, parts};

fn fields(email: &str) -> Value {
    json!({"method": "password", "traits": {"email": email}, "password": PASSWORD})
}

fn hooks(names: &[&str]) -> Value {
    let hooks: Vec<Value> = names.iter().map(|name| json!({"hook": name})).collect();
    json!({"selfservice": {"flows": {"registration": {"after": {"password": {"hooks": hooks}}}}}})
}

on_both! {
    async fn without_the_session_hook_nobody_is_signed_in(dsn: String) {
        let world = World::start(&dsn, hooks(&[])).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        let response = browser.submit(&flow, fields("anna@example.org")).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        let home = json!([{"action": "redirect_browser_to", "redirect_browser_to": HOME}]);
        assert_eq!((&body["session"], &body["continue_with"]), (&Value::Null, &home));
        assert!(body["identity"]["id"].is_string());
        assert_eq!(browser.get("/sessions/whoami").await.status(), 401);
        // The code went out all the same.
        assert_eq!(world.mailbox.wait("anna@example.org", 0).await.code().len(), 6);
        world.stop().await;
    }
}

on_both! {
    async fn the_verification_can_be_shown(dsn: String) {
        let world = World::start(&dsn, hooks(&["session", "show_verification_ui"])).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser?return_to=https://portal.example.org/x").await;
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org")).await).await;
        assert_eq!(status, 200);
        assert_json_snapshot!("registration_continue_with", world.scrubbed(&body["continue_with"]));
        let id = body["continue_with"][1]["flow"]["id"].as_str().unwrap();
        let (status, verification) = parts(browser.get(&format!("/self-service/verification/flows?id={id}")).await).await;
        assert_eq!((status, &verification["state"]), (200, &json!("sent_email")));
        assert_eq!(verification["return_to"], "https://portal.example.org/x");

        let another = world.browser();
        let flow = another.begin("/self-service/registration/browser").await;
        let form = [("traits.email", "berta@example.org"), ("password", PASSWORD), ("method", "password")];
        let response = another.submit_form(&flow, &form).await;
        assert_eq!(response.status(), 303);
        let page = location(&response);
        assert!(page.starts_with(world.public.join("verification?flow=").unwrap().as_str()), "{page}");
        let path = format!("/self-service/verification/flows?id={}", page.split("flow=").nth(1).unwrap());
        assert_eq!(another.get(&path).await.status(), 200, "the browser holds the CSRF secret the flow was made for");
        world.stop().await;
    }
}

on_both! {
    async fn a_program_gets_a_token(dsn: String) {
        let world = World::start(&dsn, hooks(&["session", "show_verification_ui"])).await;
        let program = world.program();
        let flow = program.begin("/self-service/registration/api").await;
        let response = program.submit(&flow, fields("anna@example.org")).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().get("set-cookie").is_none());
        let body: Value = response.json().await.unwrap();
        assert_json_snapshot!("registration_success_native", world.scrubbed(&body));
        let token = body["session_token"].as_str().unwrap();
        let whoami = program.client.get(program.url("/sessions/whoami")).header("x-session-token", token).send().await.unwrap();
        assert_eq!(whoami.status(), 200);
        world.stop().await;
    }
}

on_both! {
    async fn of_two_registrations_at_once_one_gets_the_identifier(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let tries = (0..8).map(|_| {
            let program = world.program();
            tokio::spawn(async move {
                let flow = program.begin("/self-service/registration/api").await;
                parts(program.submit(&flow, fields("anna@example.org")).await).await.0
            })
        });
        let mut statuses = Vec::new();
        for one in tries.collect::<Vec<_>>() {
            statuses.push(one.await.unwrap());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 400)), "{statuses:?}");
        world.stop().await;
    }
}

on_both! {
    async fn an_expired_flow_is_replaced(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        world.clock.advance(chrono::Duration::minutes(61));
        let (status, body) = parts(browser.submit(&flow, fields("anna@example.org")).await).await;
        assert_eq!((status, &body["error"]["id"]), (410, &json!("self_service_flow_expired")));
        let form = [("traits.email", "berta@example.org"), ("password", PASSWORD), ("method", "password")];
        let response = browser.submit_form(&flow, &form).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).starts_with(world.public.join("registration?flow=").unwrap().as_str()));
        world.stop().await;
    }
}
