//! Registration on two screens: the traits, then a credential.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::world::{PASSWORD, World, ids, messages, node, parts};

const BEGIN: &str = "/self-service/registration/browser";

fn two_steps() -> Value {
    json!({"selfservice": {"flows": {"registration": {"style": "profile_first"}}}})
}

on_both! {
    async fn a_script_goes_through_both(dsn: String) {
        let world = World::start(&dsn, two_steps()).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_json_snapshot!("registration_two_steps_first", world.scrubbed(&flow));
        let traits = json!({"email": "anna@example.org", "age": 41});
        let (status, second) = parts(browser.submit(&flow, json!({"method": "profile", "traits": traits})).await).await;
        assert_eq!((status, messages(&second)), (400, vec![1_040_009]));
        assert_json_snapshot!("registration_two_steps_second", world.scrubbed(&second));

        // The traits travel along hidden; a client that does not repeat them means the same.
        let (status, body) = parts(browser.submit(&second, json!({"method": "password", "password": PASSWORD})).await).await;
        assert_eq!((status, &body["identity"]["traits"]), (200, &traits));
        world.stop().await;
    }
}

on_both! {
    async fn there_is_a_way_back(dsn: String) {
        let world = World::start(&dsn, two_steps()).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let traits = json!({"email": "anna@example.org", "name": "Anna"});
        let (_, second) = parts(browser.submit(&flow, json!({"method": "profile", "traits": traits})).await).await;
        let (status, first) = parts(browser.submit(&second, json!({"method": "profile", "screen": "previous"})).await).await;
        assert_eq!(status, 400);
        assert_eq!(node(&first, "traits.name")["attributes"]["value"], "Anna");
        assert_eq!(node(&first, "traits.email")["attributes"]["type"], "email");
        assert_eq!(node(&first, "password"), &Value::Null);
        world.stop().await;
    }
}

on_both! {
    async fn mistakes_in_the_traits_keep_people_on_the_first(dsn: String) {
        let world = World::start(&dsn, two_steps()).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "profile", "traits": {"email": "x"}})).await).await;
        assert_eq!((status, ids(&node(&body, "traits.email")["messages"])), (400, vec![4_000_040]));
        assert_eq!(node(&body, "password"), &Value::Null);
        // Tampering with the hidden traits of the second screen shows the input again.
        let (_, second) = parts(browser.submit(&flow, json!({"method": "profile", "traits": {"email": "a@example.org"}})).await).await;
        let tampered = json!({"method": "password", "password": PASSWORD, "traits": {"email": "nonsense"}});
        let (status, body) = parts(browser.submit(&second, tampered).await).await;
        assert_eq!((status, ids(&node(&body, "traits.email")["messages"])), (400, vec![4_000_040]));
        assert_eq!(node(&body, "traits.email")["attributes"]["type"], "email");
        world.stop().await;
    }
}
