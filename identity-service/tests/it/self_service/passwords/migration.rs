//! Accounts whose passwords another system knows: it is asked once (contract §4.4).

use serde_json::{Value, json};
use shared_types::on_both;

use super::listener::Listener;
use crate::{
    self_service::world::{PASSWORD, World, messages, parts},
    world::client,
};

const EMAIL: &str = "anna@example.org";
const MATCH: &str = r#"{"status": "password_match"}"#;

fn hook(config: &Value) -> Value {
    json!({"selfservice": {"methods": {"password": {"config": {"migrate_hook": {"enabled": true, "config": config}}}}}})
}

/// An account from elsewhere; its id.
async fn brought(world: &World) -> String {
    let body = json!({"schema_id": "person", "traits": {"email": EMAIL},
        "credentials": {"password": {"config": {"use_password_migration_hook": true}}}});
    let response = client().post(world.admin.join("admin/identities").unwrap()).json(&body).send().await.unwrap();
    let (status, body) = parts(response).await;
    assert_eq!(status, 201, "{body}");
    body["id"].as_str().unwrap().to_owned()
}

/// What is kept of its password.
async fn kept(world: &World, id: &str) -> Value {
    let url = world.admin.join(&format!("admin/identities/{id}?include_credential=password")).unwrap();
    let (_, body) = parts(client().get(url).send().await.unwrap()).await;
    body["credentials"]["password"]["config"].clone()
}

async fn sign_in(world: &World, password: &str) -> (u16, Value) {
    let program = world.program();
    let flow = program.begin("/self-service/login/api").await;
    let fields = json!({"method": "password", "identifier": "Anna@example.org", "password": password});
    parts(program.submit(&flow, fields).await).await
}

on_both! {
    async fn the_other_system_is_asked_until_it_says_yes(dsn: String) {
        let other = Listener::start(403, "");
        let auth = json!({"type": "api_key", "config": {"in": "header", "name": "X-Key", "value": "a key of the tests"}});
        let world = World::start(&dsn, hook(&json!({"url": other.url("/check"), "auth": auth}))).await;
        let id = brought(&world).await;
        assert_eq!(kept(&world, &id).await, json!({"use_password_migration_hook": true}));

        let (status, body) = sign_in(&world, "wrong horse").await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_006]), "{body}");
        let calls = other.calls();
        assert_eq!((calls.len(), calls[0].method.as_str(), calls[0].path.as_str()), (1, "POST", "/check"));
        assert_eq!((calls[0].header("x-key"), calls[0].header("content-type")), ("a key of the tests", "application/json"));
        let sent: Value = serde_json::from_str(&calls[0].body).unwrap();
        assert_eq!(sent, json!({"identifier": "Anna@example.org", "password": "wrong horse"}));

        other.answer(200, MATCH);
        assert_eq!(sign_in(&world, PASSWORD).await.0, 200);
        assert_eq!(other.calls().len(), 1);
        let config = kept(&world, &id).await;
        assert!(config["hashed_password"].as_str().unwrap().starts_with("$2b$04$"), "{config}");
        assert_eq!(config.get("use_password_migration_hook"), None);

        // Now it is ours to say.
        assert_eq!(sign_in(&world, PASSWORD).await.0, 200);
        assert_eq!(sign_in(&world, "wrong horse").await.0, 400);
        assert!(other.calls().is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn an_answer_that_means_nothing_is_a_bad_gateway(dsn: String) {
        let other = Listener::start(200, "{}");
        let world = World::start(&dsn, hook(&json!({"url": other.url("/")}))).await;
        let id = brought(&world).await;
        for (status, body) in [(200, "{}"), (200, r#"{"status": "maybe"}"#), (200, "yes"), (204, ""), (401, MATCH), (500, MATCH)] {
            other.answer(status, body);
            let (answered, told) = sign_in(&world, PASSWORD).await;
            assert_eq!(answered, 502, "{status} {body}: {told}");
        }
        assert_eq!(kept(&world, &id).await, json!({"use_password_migration_hook": true}));
        world.stop().await;
    }
}

on_both! {
    async fn its_question_can_be_written_in_jsonnet(dsn: String) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let other = Listener::start(200, MATCH);
        let snippet = "function(ctx) {login: ctx.identifier, secret: ctx.password, owner: ctx.identity.traits.email}";
        let body = format!("base64://{}", STANDARD.encode(snippet));
        let world = World::start(&dsn, hook(&json!({"url": other.url("/"), "body": body}))).await;
        brought(&world).await;
        assert_eq!(sign_in(&world, PASSWORD).await.0, 200);
        let sent: Value = serde_json::from_str(&other.calls()[0].body).unwrap();
        assert_eq!(sent, json!({"login": "Anna@example.org", "secret": PASSWORD, "owner": EMAIL}));
        world.stop().await;
    }
}

on_both! {
    async fn without_the_hook_nobody_is_let_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        brought(&world).await;
        let (status, body) = sign_in(&world, PASSWORD).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_006]), "{body}");
        world.stop().await;
    }
}
