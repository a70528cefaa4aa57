//! `/admin/courier/messages`.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{World, scrubbed, send};

async fn world(dsn: &str, dev: bool) -> World {
    let over = json!({"dev": dev, "selfservice": {"flows": {"verification": {"enabled": true}}}});
    let world = World::with(dsn, over).await;
    for email in ["ada@example.org", "bob@example.org"] {
        world.person(email).await;
        let flow = send(world.public("GET", "/self-service/verification/api")).await;
        let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
        send(world.client.post(action).json(&json!({"method": "code", "email": email}))).await;
        world.clock.advance(chrono::Duration::seconds(1));
    }
    world
}

/// The recipients of a list.
fn recipients(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|message| message["recipient"].as_str()).collect()
}

on_both! {
    async fn what_was_sent_to_whom(dsn: String) {
        let world = world(&dsn, false).await;
        let all = world.get("/admin/courier/messages").await;
        assert_eq!((all.status, recipients(&all.body)), (200, vec!["bob@example.org", "ada@example.org"]));
        insta::assert_json_snapshot!("message", scrubbed(&world, &all.body[0]));

        let first = world.get("/admin/courier/messages?page_size=1&status=queued").await;
        assert_eq!(recipients(&first.body), ["bob@example.org"]);
        let rest = world.get(&first.next().unwrap()).await;
        assert_eq!((recipients(&rest.body), rest.next()), (vec!["ada@example.org"], None));
        let ada = world.get("/admin/courier/messages?recipient=ada@example.org").await;
        assert_eq!(recipients(&ada.body), ["ada@example.org"]);
        assert_eq!(world.get("/admin/courier/messages?status=sent").await.body, json!([]));

        let id = ada.body[0]["id"].as_str().unwrap();
        let one = world.get(&format!("/admin/courier/messages/{id}")).await;
        assert_eq!((one.status, &one.body["dispatches"]), (200, &json!([])));
        world.stop().await;
    }
}

on_both! {
    async fn mistakes_are_named(dsn: String) {
        let world = world(&dsn, false).await;
        for query in ["status=lost", "page_token=nonsense", "page_size=0", "page_size=x", "recipient=%00"] {
            assert_eq!(world.get(&format!("/admin/courier/messages?{query}")).await.status, 400, "{query}");
        }
        for id in ["nonsense", "018f2d0c-0000-7000-8000-000000000001"] {
            assert_eq!(world.get(&format!("/admin/courier/messages/{id}")).await.status, 404, "{id}");
        }
        assert_eq!(send(world.client.get(world.admin_url("/admin/courier/messages"))).await.status, 401);
        world.stop().await;
    }
}

#[tokio::test]
async fn what_a_mail_says_is_shown_in_development_alone() {
    let world = world("memory", true).await;
    let all = world.get("/admin/courier/messages").await;
    let body = all.body[0]["body"].as_str().unwrap();
    assert!(body.contains("Enter this code"), "{body}");
    assert!(all.body[0]["subject"].as_str().is_some_and(|subject| subject.ends_with("to verify your account")));
    world.stop().await;
}
