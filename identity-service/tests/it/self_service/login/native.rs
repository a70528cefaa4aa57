//! Native programs: session tokens, no cookies.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{PASSWORD, World, messages, parts};

on_both! {
    async fn a_program_signs_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let program = world.program();
        let response = program.visit("/self-service/login/api").await;
        assert_eq!(response.status(), 200, "programs read JSON whatever they accept");
        assert!(response.headers().get("set-cookie").is_none());
        let flow: Value = response.json().await.unwrap();
        assert_json_snapshot!("login_flow_native", world.scrubbed(&flow));
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let response = program.submit(&flow, fields.clone()).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().get("set-cookie").is_none());
        let body: Value = response.json().await.unwrap();
        assert_json_snapshot!("login_success_native", world.scrubbed(&body));
        let token = body["session_token"].as_str().unwrap();
        assert!(token.starts_with("ory_st_") && token.len() == 39);
        let whoami = program.client.get(program.url("/sessions/whoami")).header("x-session-token", token).send().await.unwrap();
        assert_eq!(whoami.status(), 200);

        // The flow has done its work: another one takes its place.
        let (status, body) = parts(program.submit(&flow, fields).await).await;
        assert_eq!((status, &body["error"]["id"]), (410, &json!("self_service_flow_replaced")));
        let id = body["use_flow_id"].as_str().unwrap();
        let (_, next) = parts(program.get(&format!("/self-service/login/flows?id={id}")).await).await;
        assert_eq!((messages(&next), &next["type"]), (vec![4_010_007], &json!("api")));
        world.stop().await;
    }
}

on_both! {
    async fn browsers_cannot_drive_native_flows(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let program = world.program();
        let path = program.url("/self-service/login/api");
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let cases = [("origin", "https://evil.example", 400), ("cookie", "a=b", 400), ("cookie", "__cf_bm=x", 200)];
        for (name, value, expected) in cases {
            // Beginning one changes nothing; it is what is sent to it that must not come from a browser.
            let (status, flow) = parts(program.client.get(path.clone()).header(name, value).send().await.unwrap()).await;
            assert_eq!(status, 200, "{name}: {flow}");
            let request = program.client.post(flow["ui"]["action"].as_str().unwrap()).header(name, value);
            let (status, body) = parts(request.json(&fields).send().await.unwrap()).await;
            assert_eq!(status, expected, "{name}: {body}");
            if expected == 400 {
                assert_eq!(messages(&body), [4_000_001], "{name}");
            }
        }
        world.stop().await;
    }
}
