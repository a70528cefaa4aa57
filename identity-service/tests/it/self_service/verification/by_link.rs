//! Proving an address by a link.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{Browser, World, location, messages, parts};

fn by_link() -> Value {
    json!({"selfservice": {"flows": {"verification": {"use": "link", "lifespan": "3h"}}}})
}

/// Asks for a link and reads it from the mail.
async fn link(world: &World, browser: &Browser) -> String {
    let flow = browser.begin("/self-service/verification/browser?return_to=https://portal.example.org/x").await;
    let (status, flow) =
        parts(browser.submit(&flow, json!({"method": "link", "email": "anna@example.org"})).await).await;
    assert_eq!((status, messages(&flow)), (200, vec![1_080_001]));
    assert_json_snapshot!("verification_link_sent", world.scrubbed(&flow));
    world.mailbox.wait("anna@example.org", 0).await.link()
}

async fn shown(browser: &Browser, page: &str) -> Value {
    let id = page.split("flow=").nth(1).unwrap();
    let (status, flow) = parts(browser.get(&format!("/self-service/verification/flows?id={id}")).await).await;
    assert_eq!(status, 200);
    flow
}

on_both! {
    async fn a_link_proves_the_address_once(dsn: String) {
        let world = World::start(&dsn, by_link()).await;
        world.create("anna@example.org").await;
        let link = link(&world, &world.browser()).await;
        let browser = world.browser();
        let response = browser.visit(&link).await;
        assert_eq!(response.status(), 303);
        let flow = shown(&browser, &location(&response)).await;
        assert_eq!((messages(&flow), &flow["state"]), (vec![1_080_002], &json!("passed_challenge")));
        assert_json_snapshot!("verification_link_passed", world.scrubbed(&flow));
        // Followed again, it leads to a flow of its own that says so.
        let response = browser.visit(&link).await;
        assert_eq!(response.status(), 303);
        assert_eq!(messages(&shown(&browser, &location(&response)).await), [4_070_002]);
        world.stop().await;
    }
}

on_both! {
    async fn a_wrong_or_old_link_proves_nothing(dsn: String) {
        let world = World::start(&dsn, by_link()).await;
        world.create("anna@example.org").await;
        let link = link(&world, &world.browser()).await;
        let (address, _) = link.split_once("&token=").unwrap();
        let browser = world.browser();
        let response = browser.visit(&format!("{address}&token=nonsense")).await;
        assert_eq!(messages(&shown(&browser, &location(&response)).await), [4_070_001]);
        world.clock.advance(chrono::Duration::minutes(61));
        let response = browser.visit(&link).await;
        assert_eq!(messages(&shown(&browser, &location(&response)).await), [4_070_001]);
        world.clock.advance(chrono::Duration::hours(3));
        let response = browser.visit(&link).await;
        assert_eq!(messages(&shown(&browser, &location(&response)).await), [4_070_005]);
        // Without anything in it, a browser ends at the error page.
        let response = browser.visit("/self-service/verification").await;
        assert!(location(&response).starts_with(world.public.join("error?id=").unwrap().as_str()));
        world.stop().await;
    }
}
