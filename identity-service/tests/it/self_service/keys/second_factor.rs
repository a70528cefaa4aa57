//! Security keys as second factors.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, options},
    keyring::{self, add_security_key, credential},
    people::{self, by_id, has, whoami},
    world::{Browser, World, messages, node, parts},
};

/// Somebody with a password and a security key.
async fn anna(world: &World) -> (Authenticator, Value) {
    let browser = world.browser();
    let identity = browser.register("anna@example.org").await["identity"].clone();
    let mut authenticator = Authenticator { verifies: false, ..Authenticator::new() };
    let (status, body) = add_security_key(&browser, &mut authenticator).await;
    assert_eq!((status, messages(&body)), (200, vec![1_050_001]), "{body}");
    (authenticator, identity)
}

async fn answered(browser: &Browser, flow: &Value, authenticator: &mut Authenticator) -> (u16, Value) {
    let answer = authenticator.get(&options(flow, "webauthn_login_trigger"));
    parts(browser.submit(flow, json!({"webauthn_login": answer.to_string()})).await).await
}

on_both! {
    async fn a_security_key_is_asked_for_after_the_password(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let (mut authenticator, _) = anna(&world).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        assert!(!has(&flow, "webauthn_login_trigger") && by_id(&flow, "webauthn_script").is_object(), "{flow}");
        let buttons = flow["ui"]["nodes"].as_array().unwrap().iter();
        assert_eq!(buttons.filter(|node| node["attributes"]["value"] == "webauthn").count(), 0, "no first factor");
        let (status, body) = people::sign_in(&browser, "anna@example.org").await;
        let step_up = format!("{}self-service/login/browser?aal=aal2", world.public);
        assert_eq!((status, &body["redirect_browser_to"]), (422, &json!(step_up)), "{body}");
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        assert!(!has(&flow, "passkey_challenge"), "a passkey is a first factor");
        let trigger = node(&flow, "webauthn_login_trigger");
        assert_eq!(trigger["meta"]["label"]["id"], 1_010_008);
        assert_eq!(trigger["attributes"]["onclickTrigger"], "oryWebAuthnLogin");
        let wish = options(&flow, "webauthn_login_trigger");
        assert_eq!(trigger["attributes"]["onclick"], format!("window.oryWebAuthnLogin({wish})"));
        assert_eq!(wish["publicKey"]["userVerification"], "discouraged");
        let (status, body) = answered(&browser, &flow, &mut authenticator).await;
        assert_eq!(status, 200, "{body}");
        let (status, session) = whoami(&browser).await;
        assert_eq!((status, &session["authenticator_assurance_level"]), (200, &json!("aal2")));
        assert_eq!(session["authentication_methods"][1]["method"], "webauthn");
        assert_eq!(session["authentication_methods"][1]["aal"], "aal2");
        world.stop().await;
    }
}

on_both! {
    async fn a_key_is_named_kept_and_removed(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let browser = world.browser();
        let identity = browser.register("anna@example.org").await["identity"].clone();
        let mut authenticator = Authenticator { verifies: false, ..Authenticator::new() };
        let (_, flow) = add_security_key(&browser, &mut authenticator).await;
        let (_, session) = whoami(&browser).await;
        assert_eq!(session["authenticator_assurance_level"], "aal2", "making it was a proof");
        let button = node(&flow, "webauthn_remove");
        let id = data_encoding::HEXLOWER.encode(&authenticator.keys[0].id);
        assert_eq!((&button["attributes"]["value"], &button["attributes"]["disabled"]), (&json!(id), &json!(false)));
        assert_eq!(button["meta"]["label"]["context"]["display_name"], "Blue key");
        assert_eq!(button["meta"]["label"]["id"], 1_050_018);
        let kept = credential(&world, &identity["id"], "webauthn").await;
        assert_eq!(kept["config"]["credentials"][0]["is_passwordless"], false);
        assert_eq!(kept["config"]["credentials"][0]["display_name"], "Blue key");
        let (status, flow) = parts(browser.submit(&flow, json!({"webauthn_remove": id})).await).await;
        assert_eq!((status, &flow["state"]), (200, &json!("success")), "{flow}");
        assert!(!has(&flow, "webauthn_remove"), "{flow}");
        let (status, _) = people::sign_in(&world.browser(), "anna@example.org").await;
        assert_eq!(status, 200, "nothing more is asked for");
        world.stop().await;
    }
}

on_both! {
    async fn another_key_does_not_step_up(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let (mut annas, _) = anna(&world).await;
        let other = world.browser();
        other.register("eve@example.org").await;
        let mut eves = Authenticator::new();
        add_security_key(&other, &mut eves).await;
        let browser = world.browser();
        people::sign_in(&browser, "anna@example.org").await;
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        let mut forced = options(&flow, "webauthn_login_trigger");
        forced["publicKey"]["allowCredentials"] = json!([]);
        let answer = eves.get(&forced).to_string();
        let (status, flow) = parts(browser.submit(&flow, json!({"webauthn_login": answer})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let mut posing = annas.clone();
        posing.keys[0].user_handle = eves.keys[0].user_handle.clone();
        let (status, flow) = answered(&browser, &flow, &mut posing).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let mut elsewhere = Authenticator { origin: "https://example.org".to_owned(), ..annas.clone() };
        let (status, flow) = answered(&browser, &flow, &mut elsewhere).await;
        assert_eq!(status, 400, "{flow}");
        assert_eq!(whoami(&browser).await.0, 403, "nothing was proved");
        let (status, body) = answered(&browser, &flow, &mut annas).await;
        assert_eq!(status, 200, "{body}");
        // What was asked of Anna is nobody else's to answer.
        let second = world.browser();
        people::sign_in(&second, "anna@example.org").await;
        let flow = second.begin("/self-service/login/browser?aal=aal2").await;
        let answer = json!({"webauthn_login": annas.get(&options(&flow, "webauthn_login_trigger")).to_string()});
        assert_eq!(other.submit(&flow, answer).await.status(), 400);
        assert_eq!(whoami(&other).await.1["identity"]["traits"]["email"], "eve@example.org");
        world.stop().await;
    }
}

on_both! {
    async fn without_a_key_there_is_nothing_to_ask(dsn: String) {
        let totp = json!({"selfservice": {"methods": {"totp": {"enabled": true}}}});
        let world = World::start(&dsn, keyring::with(totp)).await;
        let browser = world.browser();
        browser.register("anna@example.org").await;
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        assert!(!has(&flow, "webauthn_login_trigger"), "{flow}");
        let (status, flow) = parts(browser.submit(&flow, json!({"method": "webauthn"})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_013]), "{flow}");
        world.stop().await;
    }
}

on_both! {
    async fn both_factors_are_confirmed_again(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let (mut authenticator, _) = anna(&world).await;
        let browser = world.browser();
        people::sign_in(&browser, "anna@example.org").await;
        let flow = browser.begin("/self-service/login/browser?aal=aal2").await;
        assert_eq!(answered(&browser, &flow, &mut authenticator).await.0, 200);
        let (_, before) = whoami(&browser).await;
        world.clock.advance(chrono::Duration::minutes(5));
        let flow = browser.begin("/self-service/login/browser?aal=aal2&refresh=true").await;
        let (status, body) = answered(&browser, &flow, &mut authenticator).await;
        assert_eq!((status, &body["session"]["id"]), (200, &before["id"]), "{body}");
        assert_ne!(body["session"]["authenticated_at"], before["authenticated_at"]);
        // A second factor alone confirms no first one.
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        assert!(has(&flow, "password") && !has(&flow, "webauthn_login_trigger"), "{flow}");
        world.stop().await;
    }
}
