//! By a code, to an address that is chosen among several (contract §7.2).

use serde_json::{Value, json};
use shared_types::on_both;

use super::{BEGIN, redeem};
use crate::self_service::{
    people::{whoami, with},
    world::{Browser, World, messages, node, parts},
};

async fn step(browser: &Browser, flow: &Value, fields: Value) -> Value {
    let mut body = json!({"method": "code"});
    crate::world::merge(&mut body, &fields);
    let (status, flow) = parts(browser.submit(flow, body).await).await;
    assert!(status == 200 || status == 400, "{status} {flow}");
    flow
}

fn choosing() -> Value {
    with(json!({"feature_flags": {"choose_recovery_address": true}}))
}

on_both! {
    async fn one_of_several_addresses_is_chosen_and_written_out(dsn: String) {
        let world = World::start(&dsn, choosing()).await;
        let traits = json!({"email": "anna@example.org", "backup": "anna.private@example.net"});
        world.create_with("reachable", traits).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_eq!(flow["state"], "recovery_awaiting_address");
        let flow = step(&browser, &flow, json!({"recovery_address": "anna@example.org"})).await;
        assert_eq!((&flow["state"], messages(&flow)), (&json!("recovery_awaiting_address_choice"), vec![1_060_006]));
        let choices: Vec<_> = flow["ui"]["nodes"].as_array().unwrap().iter()
            .filter(|node| node["attributes"]["name"] == "recovery_select_address").collect();
        let masked: Vec<_> = choices.iter().map(|node| node["meta"]["label"]["text"].as_str().unwrap()).collect();
        assert_eq!(masked, ["an****@example.net", "an****@example.org"]);
        assert!(!flow.to_string().contains("anna.private"));
        let other = &choices[0]["attributes"]["value"];
        let flow = step(&browser, &flow, json!({"recovery_select_address": other})).await;
        assert_eq!((&flow["state"], messages(&flow)), (&json!("recovery_confirming_address"), vec![1_060_005]));
        let flow = step(&browser, &flow, json!({"recovery_confirm_address": "anna.private@example.net"})).await;
        assert_eq!((&flow["state"], messages(&flow)), (&json!("recovery_awaiting_code"), vec![1_060_004]), "{flow}");
        let code = world.mailbox.wait("anna.private@example.net", 0).await.code();
        assert_eq!(redeem(&browser, &flow, &code).await.0, 422);
        assert_eq!(whoami(&browser).await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn an_account_of_one_address_and_nobodys_go_straight_on(dsn: String) {
        let world = World::start(&dsn, choosing()).await;
        world.create_with("reachable", json!({"email": "anna@example.org"})).await;
        let mut shown = Vec::new();
        for address in ["anna@example.org", "nobody@example.org"] {
            let browser = world.browser();
            let flow = browser.begin(BEGIN).await;
            let flow = step(&browser, &flow, json!({"recovery_address": address})).await;
            assert_eq!(flow["state"], "recovery_awaiting_code", "{flow}");
            assert!(!node(&flow, "code").is_null());
            shown.push(world.scrubbed(&flow).to_string().replace(address, "[it]").replace("an****", "[it]").replace("no****", "[it]"));
        }
        assert_eq!(shown[0], shown[1]);
        world.mailbox.wait("anna@example.org", 0).await;
        assert!(world.mailbox.to("nobody@example.org").is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn what_is_written_out_must_be_the_accounts(dsn: String) {
        let world = World::start(&dsn, choosing()).await;
        let traits = json!({"email": "anna@example.org", "backup": "anna.private@example.net"});
        world.create_with("reachable", traits).await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        let flow = step(&browser, &flow, json!({"recovery_address": "anna@example.org"})).await;
        let choice = node(&flow, "recovery_select_address")["attributes"]["value"].clone();
        let wrong = step(&browser, &flow, json!({"recovery_select_address": "AAAA"})).await;
        assert_ne!(wrong["state"], "recovery_awaiting_code", "{wrong}");
        let flow = step(&browser, &flow, json!({"recovery_select_address": choice})).await;
        let flow = step(&browser, &flow, json!({"recovery_confirm_address": "mallory@example.org"})).await;
        assert_eq!(flow["state"], "recovery_awaiting_code", "it looks as if a code had been sent");
        let (_, body) = redeem(&browser, &flow, "123456").await;
        assert_eq!(messages(&body), [4_060_006]);
        assert!(world.mailbox.to("mallory@example.org").is_empty());
        world.stop().await;
    }
}
