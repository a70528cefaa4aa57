//! Web hooks: what they are told, and what they may change or refuse (contract §6.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    people::{sign_in, whoami, with},
    receiver::Receiver,
    world::{PASSWORD, World, ids, messages, node, parts},
};
use crate::world::client;

/// A hook that is told of flow, identity and session.
fn hook(receiver: &Receiver, over: Value) -> Value {
    let body =
        "function(ctx) { flow: ctx.flow.id, identity: if 'identity' in ctx then ctx.identity.traits.email else null,
        payload: if 'transient_payload' in ctx.flow then ctx.flow.transient_payload else null,
        agent: ctx.request_headers, cookies: ctx.request_cookies, method: ctx.request_method }";
    let mut config = json!({"url": receiver.url("hook"), "method": "POST",
        "body": format!("base64://{}", STANDARD.encode(body)),
        "auth": {"type": "api_key", "config": {"name": "X-Key", "value": "a key of the hook", "in": "header"}}});
    crate::self_service::world::merged(&mut config, over);
    json!({"hook": "web_hook", "config": config})
}

fn after_registration(hooks: Value) -> Value {
    let mut config = with(json!({"selfservice": {"flows": {"registration": {"after": {"password": {}}}}}}));
    config["selfservice"]["flows"]["registration"]["after"]["password"]["hooks"] = hooks;
    config
}

async fn register(world: &World, traits: Value) -> (u16, Value) {
    let browser = world.browser();
    let flow = browser.begin("/self-service/registration/browser").await;
    let fields = json!({"method": "password", "traits": traits, "password": PASSWORD,
        "transient_payload": {"campaign": "spring"}});
    parts(browser.submit(&flow, fields).await).await
}

on_both! {
    async fn a_hook_is_told_who_registered(dsn: String) {
        let receiver = Receiver::start();
        let world = World::start(&dsn, after_registration(json!([hook(&receiver, json!({})), {"hook": "session"}]))).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!(status, 200, "{body}");
        let request = receiver.wait(0).await;
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook"));
        assert_eq!(request.header("x-key"), "a key of the hook");
        assert!(!request.header("ory-webhook-request-id").is_empty() && !request.header("ory-webhook-trigger-id").is_empty());
        let told = request.json();
        assert_eq!((&told["identity"], &told["method"]), (&json!("anna@example.org"), &json!("POST")), "{told}");
        assert_eq!(told["payload"], json!({"campaign": "spring"}));
        // What would let the hook act as the person stays here.
        assert!(!told["agent"].to_string().to_lowercase().contains("cookie"), "{told}");
        assert!(!told["cookies"].to_string().contains("ory_kratos_session"), "{told}");
        world.stop().await;
    }
}

on_both! {
    async fn a_hook_may_refuse_and_nothing_is_written(dsn: String) {
        let receiver = Receiver::start();
        receiver.answers(422, &json!({"messages": [{"instance_ptr": "#/traits/email", "messages": [
            {"id": 1234, "text": "This address is on no list.", "type": "error", "context": {"list": "partners"}}]}]}));
        let config = after_registration(json!([hook(&receiver, json!({"response": {"parse": true}})), {"hook": "session"}]));
        let world = World::start(&dsn, config).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!((status, ids(&node(&body, "traits.email")["messages"])), (400, vec![1234]), "{body}");
        let all: Value = client().get(world.admin.join("admin/identities").unwrap()).send().await.unwrap().json().await.unwrap();
        assert_eq!(all, json!([]));
        world.stop().await;
    }
}

on_both! {
    async fn a_hook_may_change_what_will_be_written(dsn: String) {
        let receiver = Receiver::start();
        receiver.answers(200, &json!({"identity": {
            "traits": {"email": "anna@example.org", "name": "Anna of the hook", "role": "buyer"},
            "metadata_public": {"tier": 1}, "metadata_admin": {"note": "checked"}, "external_id": "crm-7"}}));
        let config = after_registration(json!([hook(&receiver, json!({"response": {"parse": true}})), {"hook": "session"}]));
        let world = World::start(&dsn, config).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!(status, 200, "{body}");
        let identity = &body["identity"];
        assert_eq!((&identity["traits"]["name"], &identity["metadata_public"]), (&json!("Anna of the hook"), &json!({"tier": 1})));
        assert_eq!(identity["external_id"], "crm-7");
        assert!(identity.get("metadata_admin").is_none());
        world.stop().await;
    }
}

on_both! {
    async fn what_a_hook_gives_must_follow_the_schema(dsn: String) {
        let receiver = Receiver::start();
        receiver.answers(200, &json!({"identity": {"traits": {"email": "anna@example.org", "name": "A"}}}));
        let config = after_registration(json!([hook(&receiver, json!({"response": {"parse": true}})), {"hook": "session"}]));
        let world = World::start(&dsn, config).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!(status, 400, "{body}");
        assert!(body.to_string().contains("4000003"), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_hook_that_fails_ends_the_request_unless_it_is_ignored(dsn: String) {
        let receiver = Receiver::start();
        receiver.answers(400, &json!({"error": "no"}));
        let world = World::start(&dsn, after_registration(json!([hook(&receiver, json!({})), {"hook": "session"}]))).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!((status, &body["error"]["id"]), (502, &json!("upstream_error")), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn an_ignored_hook_is_told_beside_the_answer(dsn: String) {
        let receiver = Receiver::start();
        receiver.answers(400, &json!({"error": "no"}));
        let config = after_registration(json!([hook(&receiver, json!({"response": {"ignore": true}})), {"hook": "session"}]));
        let world = World::start(&dsn, config).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(receiver.wait(0).await.json()["identity"], "anna@example.org");
        world.stop().await;
    }
}

on_both! {
    async fn settings_are_asked_for_too_and_a_hook_keeps_no_one_from_what_is_not_his(dsn: String) {
        let receiver = Receiver::start();
        let parse = hook(&receiver, json!({"response": {"parse": true}}));
        let config = with(json!({"selfservice": {"flows": {"settings": {"after": {"profile": {"hooks": [parse]}}}}}}));
        let world = World::start(&dsn, config).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        receiver.answers(400, &json!({"messages": [{"instance_ptr": "#/traits/name", "messages": [
            {"id": 77, "text": "Not this name.", "type": "error"}]}]}));
        let flow = browser.begin("/self-service/settings/browser").await;
        let fields = json!({"method": "profile", "traits": {"email": "anna@example.org", "name": "Anna"}});
        let (status, body) = parts(browser.submit(&flow, fields.clone()).await).await;
        assert_eq!((status, ids(&node(&body, "traits.name")["messages"])), (400, vec![77]), "{body}");
        assert!(whoami(&browser).await.1["identity"]["traits"].get("name").is_none());
        receiver.answers(200, &json!({}));
        let (status, body) = parts(browser.submit(&body, fields).await).await;
        assert_eq!((status, messages(&body)), (200, vec![1_050_001]), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_hook_before_the_login_may_close_the_door(dsn: String) {
        let receiver = Receiver::start();
        let before = hook(&receiver, json!({"response": {"parse": true}}));
        let config = with(json!({"selfservice": {"flows": {"login": {"before": {"hooks": [before]}}}}}));
        let world = World::start(&dsn, config).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        receiver.answers(403, &json!({"messages": [{"instance_ptr": "#/", "messages": [
            {"id": 9, "text": "Closed for tonight.", "type": "error"}]}]}));
        let (status, body) = parts(world.browser().get("/self-service/login/browser").await).await;
        assert_eq!(status, 400, "{body}");
        assert!(body.to_string().contains("Closed for tonight."), "{body}");
        receiver.answers(200, &json!({}));
        assert_eq!(sign_in(&world.browser(), "anna@example.org").await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_hook_on_a_private_address_is_not_called_when_that_is_forbidden(dsn: String) {
        let receiver = Receiver::start();
        let mut config = after_registration(json!([hook(&receiver, json!({})), {"hook": "session"}]));
        crate::world::merge(&mut config, &json!({"clients": {"http": {"disallow_private_ip_ranges": true}}}));
        let world = World::start(&dsn, config).await;
        let (status, body) = register(&world, json!({"email": "anna@example.org"})).await;
        assert_eq!(status, 502, "{body}");
        assert!(receiver.requests().is_empty());
        world.stop().await;
    }
}
