//! The passkeys of an account.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, options},
    keyring::{self, add_passkey, credential, register, sign_in},
    people::{self, has},
    world::{PASSWORD, World, messages, node, parts},
};

/// The buttons that remove a key.
fn removals(flow: &Value) -> Vec<&Value> {
    let nodes = flow["ui"]["nodes"].as_array().unwrap();
    nodes.iter().filter(|node| node["attributes"]["name"] == "passkey_remove").collect()
}

on_both! {
    async fn a_passkey_is_added_and_removed(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let identity = browser.register("anna@example.org").await["identity"].clone();
        let mut authenticator = Authenticator::new();
        let (status, body) = add_passkey(&browser, &mut authenticator).await;
        assert_eq!((status, messages(&body)), (200, vec![1_050_001]), "{body}");
        let buttons = removals(&body);
        let id = data_encoding::HEXLOWER.encode(&authenticator.keys[0].id);
        assert_eq!(buttons.len(), 1);
        assert_eq!(buttons[0]["attributes"]["value"], id);
        assert_eq!(buttons[0]["attributes"]["disabled"], false, "there is a password");
        let label = &buttons[0]["meta"]["label"];
        assert_eq!((&label["id"], &label["context"]["display_name"]), (&json!(1_050_020), &json!("Bitwarden")));
        assert!(label["context"]["added_at_unix"].is_i64() && label["context"]["added_at"].is_string());
        let (_, session) = people::whoami(&browser).await;
        let methods: Vec<&Value> =
            session["authentication_methods"].as_array().unwrap().iter().map(|by| &by["method"]).collect();
        assert_eq!(methods, ["password", "passkey"], "making it was a proof");
        assert_eq!(session["authenticator_assurance_level"], "aal1");
        assert_eq!(sign_in(&world.browser(), &mut authenticator).await.0, 200);
        let flow = browser.begin("/self-service/settings/browser").await;
        let (status, body) = parts(browser.submit(&flow, json!({"passkey_remove": id})).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        assert!(removals(&body).is_empty());
        assert!(credential(&world, &identity["id"], "passkey").await.is_null());
        let (status, flow) = sign_in(&world.browser(), &mut authenticator).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_015]), "{flow}");
        world.stop().await;
    }
}

on_both! {
    async fn the_last_way_to_sign_in_stays(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let mut first = Authenticator::new();
        register(&browser, &mut first, "anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        assert_eq!(removals(&flow)[0]["attributes"]["disabled"], true, "{flow}");
        let id = data_encoding::HEXLOWER.encode(&first.keys[0].id);
        let (status, flow) = parts(browser.submit(&flow, json!({"passkey_remove": id})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_001]), "{flow}");
        let mut second = Authenticator::new();
        let (status, flow) = add_passkey(&browser, &mut second).await;
        assert_eq!(status, 200, "{flow}");
        assert!(removals(&flow).iter().all(|button| button["attributes"]["disabled"] == false), "{flow}");
        assert_eq!(first.keys[0].user_handle, second.keys[0].user_handle, "both are of one account");
        let (status, flow) = parts(browser.submit(&flow, json!({"passkey_remove": id})).await).await;
        assert_eq!(status, 200, "{flow}");
        assert_eq!(sign_in(&world.browser(), &mut first).await.0, 400);
        assert_eq!(sign_in(&world.browser(), &mut second).await.0, 200);
        let (status, flow) = parts(browser.submit(&flow, json!({"passkey_remove": id})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_001]), "it is gone: {flow}");
        world.stop().await;
    }
}

on_both! {
    async fn an_authenticator_is_not_added_twice(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let mut authenticator = Authenticator::new();
        register(&browser, &mut authenticator, "anna@example.org").await;
        let flow = browser.begin("/self-service/settings/browser").await;
        let wish = options(&flow, "passkey_create_data");
        let excluded = wish["publicKey"]["excludeCredentials"].as_array().unwrap();
        assert_eq!(excluded.len(), 1);
        // One that does not listen.
        let (name, mut again) = ("passkey_settings_register", authenticator.clone());
        let mut forced = wish.clone();
        forced["publicKey"]["excludeCredentials"] = json!([]);
        again.keys.clear();
        let made = again.create(&forced);
        let (status, flow) = parts(browser.submit(&flow, json!({name: made.to_string()})).await).await;
        assert_eq!(status, 200, "another key of it is another key: {flow}");
        let (status, flow) = parts(browser.submit(&flow, json!({name: made.to_string()})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "the same answer is not taken twice: {flow}");
        world.stop().await;
    }
}

on_both! {
    async fn a_key_needs_a_fresh_sign_in(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        world.clock.advance(chrono::Duration::hours(2));
        let flow = browser.begin("/self-service/settings/browser").await;
        let made = Authenticator::new().create(&options(&flow, "passkey_create_data"));
        let fields = json!({"passkey_settings_register": made.to_string()});
        let (status, body) = parts(browser.submit(&flow, fields.clone()).await).await;
        assert_eq!((status, &body["error"]["id"]), (403, &json!("session_refresh_required")), "{body}");
        let login = browser.begin("/self-service/login/browser?refresh=true").await;
        assert!(!has(&login, "passkey_challenge"), "there is no passkey yet");
        let confirm = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        assert_eq!(browser.submit(&login, confirm).await.status(), 200);
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_program_adds_a_passkey(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let program = world.program();
        world.create_with("keys", json!({"email": "anna@example.org"})).await;
        let flow = program.begin("/self-service/login/api").await;
        let fields = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let (_, body) = parts(program.submit(&flow, fields).await).await;
        let token = body["session_token"].as_str().unwrap().to_owned();
        let begin = program.client.get(program.url("/self-service/settings/api")).header("x-session-token", &token);
        let (_, flow) = parts(begin.send().await.unwrap()).await;
        assert!(!has(&flow, "webauthn_register_trigger") && node(&flow, "webauthn_script").is_null());
        let made = Authenticator::new().create(&options(&flow, "passkey_create_data"));
        let fields = json!({"method": "passkey", "passkey_settings_register": made.to_string()});
        let submit = program.client.post(flow["ui"]["action"].as_str().unwrap()).header("x-session-token", &token);
        let (status, body) = parts(submit.json(&fields).send().await.unwrap()).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        world.stop().await;
    }
}
