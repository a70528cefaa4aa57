//! Proving an address by a code.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::{
    self_service::world::{Browser, World, ids, location, messages, node, parts},
    world::client,
};

const BEGIN: &str = "/self-service/verification/browser";

fn email(address: &str) -> Value {
    json!({"method": "code", "email": address})
}

fn code(code: &str) -> Value {
    json!({"method": "code", "code": code})
}

/// A flow in which a code is on its way, and the code.
async fn sent(world: &World, browser: &Browser, address: &str, nth: usize) -> (Value, String) {
    let flow = browser.begin(BEGIN).await;
    let (status, flow) = parts(browser.submit(&flow, email(address)).await).await;
    assert_eq!(status, 200);
    (flow, world.mailbox.wait(address, nth).await.code())
}

async fn is_verified(world: &World, identity: &Value) -> bool {
    let url = world.admin.join(&format!("admin/identities/{}", identity["id"].as_str().unwrap())).unwrap();
    let identity: Value = client().get(url).send().await.unwrap().json().await.unwrap();
    identity["verifiable_addresses"][0]["verified"].as_bool().unwrap()
}

on_both! {
    async fn an_address_is_proven(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(&format!("{BEGIN}?return_to=https://portal.example.org/x")).await;
        assert_json_snapshot!("verification_flow", world.scrubbed(&flow));
        let (status, flow) = parts(browser.submit(&flow, email("Anna@example.org")).await).await;
        assert_eq!((status, messages(&flow)), (200, vec![1_080_003]));
        assert_json_snapshot!("verification_sent", world.scrubbed(&flow));
        assert!(!is_verified(&world, &identity).await);
        let secret = world.mailbox.wait("anna@example.org", 0).await.code();
        let spaced = format!("{} {}", &secret[..3], &secret[3..]);
        let (status, flow) = parts(browser.submit(&flow, code(&spaced)).await).await;
        assert_eq!((status, messages(&flow)), (200, vec![1_080_002]));
        assert_json_snapshot!("verification_passed", world.scrubbed(&flow));
        assert!(is_verified(&world, &identity).await);
        world.stop().await;
    }
}

on_both! {
    async fn nobodys_address_is_answered_like_anybodys(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let mut answers = Vec::new();
        for address in ["anna@example.org", "nobody@example.org"] {
            let flow = browser.begin(BEGIN).await;
            let (status, body) = parts(browser.submit(&flow, email(address)).await).await;
            assert_eq!(status, 200);
            answers.push(world.scrubbed(&body).to_string().replace(address, "[address]"));
            let (status, body) = parts(browser.submit(&body, code("000000")).await).await;
            assert_eq!(status, 200);
            answers.push(world.scrubbed(&body).to_string().replace(address, "[address]"));
        }
        assert_eq!(answers[..2], answers[2..]);
        world.mailbox.wait("anna@example.org", 0).await;
        assert!(world.mailbox.to("nobody@example.org").is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn unknown_recipients_are_told_when_configured(dsn: String) {
        let over = json!({"selfservice": {"flows": {"verification": {"notify_unknown_recipients": true}}}});
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_eq!(browser.submit(&flow, email("nobody@example.org")).await.status(), 200);
        world.mailbox.wait("nobody@example.org", 0).await;
        world.stop().await;
    }
}

on_both! {
    async fn wrong_codes_use_up_a_budget(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let (flow, secret) = sent(&world, &browser, "anna@example.org", 0).await;
        let wrong = if secret == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let (status, body) = parts(browser.submit(&flow, code(wrong)).await).await;
            assert_eq!((status, messages(&body)), (200, vec![4_070_006]));
        }
        for text in [wrong, secret.as_str()] {
            let (status, body) = parts(browser.submit(&flow, code(text)).await).await;
            assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{text}");
        }
        assert!(!is_verified(&world, &identity).await);
        // Another code comes with another budget, and the one before is void.
        let resend = node(&flow, "email")["attributes"]["value"].as_str().unwrap().to_owned();
        let (status, flow) = parts(browser.submit(&flow, json!({"email": resend})).await).await;
        assert_eq!(status, 200);
        let fresh = world.mailbox.wait("anna@example.org", 1).await.code();
        if fresh != secret {
            let (_, body) = parts(browser.submit(&flow, code(&secret)).await).await;
            assert_eq!(messages(&body), [4_070_006]);
        }
        let (_, body) = parts(browser.submit(&flow, code(&fresh)).await).await;
        assert_eq!(messages(&body), [1_080_002]);
        assert!(is_verified(&world, &identity).await);
        world.stop().await;
    }
}

on_both! {
    async fn a_code_works_in_its_own_flow_and_for_its_time(dsn: String) {
        let over = json!({"selfservice": {"flows": {"verification": {"lifespan": "3h"}}}});
        let world = World::start(&dsn, over).await;
        world.create("anna@example.org").await;
        world.create("berta@example.org").await;
        let browser = world.browser();
        let (annas, first) = sent(&world, &browser, "anna@example.org", 0).await;
        let (bertas, second) = sent(&world, &browser, "berta@example.org", 0).await;
        if first != second {
            let (_, body) = parts(browser.submit(&bertas, code(&first)).await).await;
            assert_eq!(messages(&body), [4_070_006]);
        }
        world.clock.advance(chrono::Duration::minutes(60));
        let (status, body) = parts(browser.submit(&annas, code(&first)).await).await;
        assert_eq!((status, messages(&body)), (200, vec![4_070_006]));
        world.stop().await;
    }
}

on_both! {
    async fn of_a_hundred_submissions_of_one_code_one_wins(dsn: String) {
        let over = json!({"selfservice": {"methods": {"code": {"config": {"max_submissions": 255}}}}});
        let world = World::start(&dsn, over).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let (flow, secret) = sent(&world, &browser, "anna@example.org", 0).await;
        let tries = (0..100).map(|_| {
            let (browser, flow, secret) = (browser.clone(), flow.clone(), secret.clone());
            tokio::spawn(async move { parts(browser.submit(&flow, code(&secret)).await).await })
        });
        let mut winners = 0;
        for one in tries.collect::<Vec<_>>() {
            let (status, body) = one.await.unwrap();
            assert!(matches!(status, 200 | 410 | 503), "{status} {body}");
            winners += usize::from(messages(&body) == [1_080_002]);
        }
        assert_eq!(winners, 1);
        assert!(is_verified(&world, &identity).await);
        world.stop().await;
    }
}

on_both! {
    async fn a_completed_flow_is_replaced(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let (flow, secret) = sent(&world, &browser, "anna@example.org", 0).await;
        assert_eq!(browser.submit(&flow, code(&secret)).await.status(), 200);
        let (status, body) = parts(browser.submit(&flow, code(&secret)).await).await;
        assert_eq!((status, &body["error"]["id"]), (410, &json!("self_service_flow_replaced")));
        let path = format!("/self-service/verification/flows?id={}", body["use_flow_id"].as_str().unwrap());
        let (_, next) = parts(browser.get(&path).await).await;
        assert_eq!(messages(&next), [4_070_002]);
        world.stop().await;
    }
}

on_both! {
    async fn an_expired_flow_leads_to_another(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        world.clock.advance(chrono::Duration::hours(2));
        let response = browser.submit(&flow, email("anna@example.org")).await;
        assert_eq!(response.status(), 303);
        let next = location(&response);
        assert!(next.starts_with(world.public.join("self-service/verification/flows?id=").unwrap().as_str()), "{next}");
        let (status, next) = parts(browser.get(&next).await).await;
        assert_eq!((status, messages(&next)), (200, vec![4_070_005]));
        let (status, body) = parts(browser.get(&format!("/self-service/verification/flows?id={}", flow["id"].as_str().unwrap())).await).await;
        assert_eq!((status, &body["error"]["id"]), (410, &Value::Null));
        let response = browser.submit_form(&flow, &[("method", "code"), ("email", "anna@example.org")]).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).starts_with(world.public.join("verification?flow=").unwrap().as_str()));
        world.stop().await;
    }
}

on_both! {
    async fn the_link_in_the_mail_fills_the_code_in(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let (flow, secret) = sent(&world, &browser, "anna@example.org", 0).await;
        let link = format!("/self-service/verification?flow={}&code={secret}", flow["id"].as_str().unwrap());
        // Followed in another browser, as mails are.
        let another = world.browser();
        let response = another.visit(&link).await;
        assert_eq!(response.status(), 303);
        let id = location(&response).split("flow=").nth(1).unwrap().to_owned();
        let path = format!("/self-service/verification/flows?id={id}");
        let (status, flow) = parts(another.get(&path).await).await;
        assert_eq!((status, &node(&flow, "code")["attributes"]["value"]), (200, &json!(secret)));
        assert!(!is_verified(&world, &identity).await, "a mail scanner that follows links proves nothing");
        assert_eq!(browser.get(&path).await.status(), 403);
        let (_, body) = parts(another.submit(&flow, code(&secret)).await).await;
        assert_eq!(messages(&body), [1_080_002]);
        world.stop().await;
    }
}

on_both! {
    async fn mistakes_are_told(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        for (fields, id) in [(email("nonsense"), 4_000_040), (email(""), 4_000_002), (json!({"method": "code"}), 4_000_002)] {
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!((status, ids(&node(&body, "email")["messages"])), (400, vec![id]));
        }
        let (status, body) = parts(browser.submit(&flow, json!({"method": "link", "email": "a@example.org"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_010_006]));
        let disabled = World::start(&dsn, json!({"selfservice": {"flows": {"verification": {"enabled": false}}}})).await;
        let (status, body) = parts(disabled.browser().get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("self_service_flow_disabled")));
        disabled.stop().await;
        world.stop().await;
    }
}

on_both! {
    async fn a_program_proves_an_address(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let program = world.program();
        let flow = program.begin("/self-service/verification/api").await;
        let (status, flow) = parts(program.submit(&flow, email("anna@example.org")).await).await;
        assert_eq!((status, &flow["type"]), (200, &json!("api")));
        assert_eq!(node(&flow, "csrf_token"), &Value::Null);
        let secret = world.mailbox.wait("anna@example.org", 0).await.code();
        assert_eq!(program.submit(&flow, code(&secret)).await.status(), 200);
        assert!(is_verified(&world, &identity).await);
        world.stop().await;
    }
}
