//! Passwords that are known from breaches are refused: by a list others keep, or by one in a file.

use std::io::Write as _;

use serde_json::{Value, json};
use shared_types::on_both;

use super::listener::Listener;
use crate::self_service::world::{PASSWORD, World, ids, node, parts};

/// The SHA-1 of the usual password of the tests, in capital letters.
fn digits(password: &str) -> String {
    data_encoding::HEXUPPER.encode(&openssl::sha::sha1(password.as_bytes()))
}

fn policy(config: &Value) -> Value {
    json!({"selfservice": {"methods": {"password": {"config": config}}}})
}

async fn register(world: &World, email: &str, password: &str) -> (u16, Value) {
    let browser = world.browser();
    let flow = browser.begin("/self-service/registration/browser").await;
    let fields = json!({"method": "password", "traits": {"email": email}, "password": password});
    parts(browser.submit(&flow, fields).await).await
}

/// A registration that is refused because of its password.
async fn refused(world: &World, password: &str) {
    let (status, body) = register(world, "anna@example.org", password).await;
    let told = ids(&node(&body, "password")["messages"]);
    assert_eq!((status, told), (400, vec![4_000_034]), "{body}");
}

on_both! {
    async fn a_list_elsewhere_is_asked_for_a_range_once_an_hour(dsn: String) {
        let digits = digits(PASSWORD);
        let (range, rest) = digits.split_at(5);
        let list = Listener::start(200, &format!("{}:0\r\n{rest}:3\r\n", "0".repeat(35)));
        let world = World::start(&dsn, policy(&json!({
            "haveibeenpwned_enabled": true, "haveibeenpwned_host": list.url(""), "max_breaches": 2,
        }))).await;
        refused(&world, PASSWORD).await;
        let calls = list.calls();
        assert_eq!(calls.len(), 1);
        // The digest itself does not leave, and onlookers learn nothing from the length of the answer.
        assert_eq!((calls[0].path.as_str(), calls[0].header("add-padding")), (&*format!("/range/{range}"), "true"));
        world.clock.advance(chrono::Duration::minutes(59));
        refused(&world, PASSWORD).await;
        assert!(list.calls().is_empty());
        // What is seen no more often than is allowed may be used; it is noticed when an hour is over.
        list.answer(200, &format!("{}:2", rest.to_lowercase()));
        world.clock.advance(chrono::Duration::minutes(2));
        assert_eq!(register(&world, "anna@example.org", PASSWORD).await.0, 200);
        assert_eq!(list.calls().len(), 1);
        world.stop().await;
    }
}

on_both! {
    async fn a_list_that_fails_counts_as_configured(dsn: String) {
        let list = Listener::start(503, "");
        let config = |ignore: bool| policy(&json!({
            "haveibeenpwned_enabled": true, "haveibeenpwned_host": list.url(""), "ignore_network_errors": ignore,
        }));
        let world = World::start(&dsn, config(false)).await;
        let (status, body) = register(&world, "anna@example.org", PASSWORD).await;
        assert_eq!(status, 502, "{body}");
        world.stop().await;
        let world = World::start(&dsn, config(true)).await;
        assert_eq!(register(&world, "anna@example.org", PASSWORD).await.0, 200);
        assert_eq!(list.calls().len(), 2);
        world.stop().await;
    }
}

on_both! {
    async fn a_list_in_a_file_needs_no_network(dsn: String) {
        let mut lines: Vec<String> = (0..500).map(|number| format!("{}:{number}", digits(&number.to_string()))).collect();
        lines.push(format!("{}:12", digits(PASSWORD)));
        lines.sort();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.join("\n").as_bytes()).unwrap();
        let elsewhere = Listener::start(200, "");
        let config = json!({"breached_passwords_file": file.path(), "haveibeenpwned_host": elsewhere.url("")});
        let mut over = policy(&config);
        // Nobody else is asked, unless that is said.
        over["selfservice"]["methods"]["password"]["config"]["haveibeenpwned_enabled"] = Value::Null;
        let world = World::start(&dsn, over).await;
        refused(&world, PASSWORD).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        let fields = json!({"method": "password", "traits": {"email": "anna@example.org"}, "password": "another quiet lamp"});
        assert_eq!(browser.submit(&flow, fields).await.status(), 200);
        // The same holds for a change of the password.
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "password": PASSWORD})).await).await;
        assert_eq!((status, ids(&node(&body, "password")["messages"])), (400, vec![4_000_034]), "{body}");
        assert!(elsewhere.calls().is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn the_other_rules_say_what_is_wrong(dsn: String) {
        let world = World::start(&dsn, policy(&json!({"min_password_length": 10}))).await;
        let long = "x".repeat(73);
        for (password, told) in [("nine char", 4_000_032), (&long, 4_000_033), ("anna@example.org", 4_000_031), ("xanna@example", 4_000_031)] {
            let (status, body) = register(&world, "anna@example.org", password).await;
            assert_eq!((status, ids(&node(&body, "password")["messages"])), (400, vec![told]), "{password}: {body}");
        }
        // Settings refuse the password there is.
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "password": PASSWORD})).await).await;
        assert_eq!((status, ids(&node(&body, "password")["messages"])), (400, vec![4_000_039]), "{body}");
        world.stop().await;
    }
}
