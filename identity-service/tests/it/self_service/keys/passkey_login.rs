//! Signing in with a passkey: what is refused, and what is asked of whom.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    authenticator::{Authenticator, options},
    keyring::{self, credential, register, sign_in},
    people::{by_id, has, whoami},
    world::{World, location, messages, node, parts},
};

async fn try_with(world: &World, answer: impl FnOnce(&Value) -> Value) -> (u16, Value) {
    let browser = world.browser();
    let flow = browser.begin("/self-service/login/browser").await;
    let answer = answer(&options(&flow, "passkey_challenge"));
    parts(browser.submit(&flow, json!({"passkey_login": answer.to_string()})).await).await
}

on_both! {
    async fn what_does_not_fit_is_refused_alike(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let (mut annas, mut eves) = (Authenticator::new(), Authenticator::new());
        register(&world.browser(), &mut annas, "anna@example.org").await;
        register(&world.browser(), &mut eves, "eve@example.org").await;
        let mut elsewhere = annas.clone();
        elsewhere.origin = "https://example.org".to_owned();
        let port = Authenticator { origin: "https://id.example.org:8443".to_owned(), ..annas.clone() };
        // Eve's key under Anna's name, and the other way round.
        let mut posing = eves.clone();
        posing.keys[0].user_handle = annas.keys[0].user_handle.clone();
        for (what, mut authenticator) in [("origin", elsewhere), ("port", port), ("handle", posing)] {
            let (status, flow) = try_with(&world, |options| authenticator.get(options)).await;
            assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{what}: {flow}");
            assert!(flow["ui"]["messages"][0]["type"] == "error");
        }
        let (status, flow) = try_with(&world, |options| {
            let mut answer = annas.get(options);
            // Within, so that it stays base64: a letter of the end may have bits that have to be nought.
            let mut text = answer["response"]["signature"].as_str().unwrap().to_owned();
            let other = if &text[20..21] == "A" { "B" } else { "A" };
            text.replace_range(20..21, other);
            answer["response"]["signature"] = json!(text);
            answer["response"]["authenticatorData"] = eves.get(options)["response"]["authenticatorData"].clone();
            answer
        })
        .await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let (status, body) = sign_in(&world.browser(), &mut annas).await;
        assert_eq!(status, 200, "an honest answer is taken still: {body}");
        world.stop().await;
    }
}

on_both! {
    async fn an_unknown_passkey_is_told_so(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let mut unknown = authenticator.clone();
        unknown.keys[0].user_handle = b"somebody nobody knows".to_vec();
        let (status, flow) = try_with(&world, |options| unknown.get(options)).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_015]), "{flow}");
        let (status, flow) = try_with(&world, |options| {
            let mut answer = authenticator.get(options);
            answer["response"]["userHandle"] = json!("");
            answer
        })
        .await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_015]), "nobody has named himself: {flow}");
        let (status, flow) = try_with(&world, |_| json!({"id": "x"})).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_001]), "{flow}");
        world.stop().await;
    }
}

on_both! {
    async fn an_answer_is_good_for_its_own_question_once(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        authenticator.counts = false;
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let browser = world.browser();
        let (one, two) = (
            browser.begin("/self-service/login/browser").await,
            browser.begin("/self-service/login/browser").await,
        );
        let answer = authenticator.get(&options(&one, "passkey_challenge")).to_string();
        let fields = json!({"passkey_login": answer});
        // In another flow.
        let (status, flow) = parts(browser.submit(&two, fields.clone()).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let fresh = options(&flow, "passkey_challenge");
        assert_ne!(fresh["publicKey"]["challenge"], options(&two, "passkey_challenge")["publicKey"]["challenge"]);
        // In its own, twice at once: one of them signs in.
        let (first, second) = tokio::join!(browser.submit(&one, fields.clone()), browser.submit(&one, fields.clone()));
        let mut statuses = [first.status().as_u16(), second.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!(statuses[1] >= 400, "{statuses:?}");
        world.stop().await;
    }
}

on_both! {
    async fn a_copied_key_is_noticed(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        let body = register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let mut copy = authenticator.clone();
        for _ in 0..3 {
            assert_eq!(sign_in(&world.browser(), &mut authenticator).await.0, 200);
        }
        let (status, flow) = sign_in(&world.browser(), &mut copy).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let kept = credential(&world, &body["identity"]["id"], "passkey").await;
        let known = &kept["config"]["credentials"][0]["authenticator"];
        assert_eq!((&known["clone_warning"], &known["sign_count"]), (&json!(true), &json!(3)), "{known}");
        let (status, _) = sign_in(&world.browser(), &mut authenticator).await;
        assert_eq!(status, 200, "its owner is not locked out");
        world.stop().await;
    }
}

on_both! {
    async fn a_page_of_passkeys_alone_can_be_asked_for(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let mut authenticator = Authenticator::new();
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let id = flow["id"].as_str().unwrap();
        let (status, body) = parts(browser.submit(&flow, json!({"method": "passkey"})).await).await;
        let page = format!("{}login?flow={id}", world.public);
        assert_eq!((status, &body["redirect_browser_to"]), (422, &json!(page)), "{body}");
        assert_eq!(body["error"]["id"], "browser_location_change_required");
        let answer = browser.submit_form(&flow, &[("method", "passkey")]).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, page));
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert!(has(&flow, "passkey_challenge") && !has(&flow, "password"), "{flow}");
        let answer = authenticator.get(&options(&flow, "passkey_challenge"));
        let (status, body) = parts(browser.submit(&flow, json!({"passkey_login": answer.to_string()})).await).await;
        assert_eq!(status, 200, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn whoever_is_signed_in_confirms_it_with_his_own_key(dsn: String) {
        let world = World::start(&dsn, keyring::config()).await;
        let (mut annas, mut eves) = (Authenticator::new(), Authenticator::new());
        register(&world.browser(), &mut eves, "eve@example.org").await;
        let browser = world.browser();
        register(&browser, &mut annas, "anna@example.org").await;
        let (_, session) = whoami(&browser).await;
        world.clock.advance(chrono::Duration::minutes(10));
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        let allowed = options(&flow, "passkey_challenge")["publicKey"]["allowCredentials"].clone();
        assert_eq!(allowed.as_array().unwrap().len(), 1, "{allowed}");
        assert!(node(&flow, "passkey_login")["attributes"]["onload"].is_null(), "nothing is suggested");
        let mut forced = options(&flow, "passkey_challenge");
        forced["publicKey"]["allowCredentials"] = json!([]);
        let answer = eves.get(&forced).to_string();
        let (status, flow) = parts(browser.submit(&flow, json!({"passkey_login": answer})).await).await;
        assert_eq!((status, messages(&flow)), (400, vec![4_000_043]), "{flow}");
        let answer = annas.get(&options(&flow, "passkey_challenge")).to_string();
        let (status, body) = parts(browser.submit(&flow, json!({"passkey_login": answer})).await).await;
        assert_eq!((status, &body["session"]["id"]), (200, &session["id"]), "{body}");
        assert_ne!(body["session"]["authenticated_at"], session["authenticated_at"]);
        world.stop().await;
    }
}

on_both! {
    async fn passkeys_come_before_and_after_the_identifier(dsn: String) {
        let style = json!({"selfservice": {"flows": {"login": {"style": "identifier_first"}}}});
        let world = World::start(&dsn, keyring::with(style)).await;
        world.create_with("keys", json!({"email": "peter@example.org"})).await;
        let mut authenticator = Authenticator::new();
        register(&world.browser(), &mut authenticator, "anna@example.org").await;
        let browser = world.browser();
        let first = browser.begin("/self-service/login/browser").await;
        assert_eq!(node(&first, "identifier")["attributes"]["autocomplete"], "username webauthn");
        assert_eq!(node(&first, "identifier")["group"], "identifier_first");
        assert!(has(&first, "passkey_challenge") && !has(&first, "passkey_login_trigger"), "{first}");
        assert!(!by_id(&first, "webauthn_script").is_null() && !has(&first, "password"));
        let name = |email: &str| json!({"method": "identifier_first", "identifier": email});
        let (status, flow) = parts(browser.submit(&first, name("anna@example.org")).await).await;
        assert_eq!(status, 400, "{flow}");
        assert!(has(&flow, "passkey_login_trigger") && !has(&flow, "password"), "{flow}");
        assert_eq!(node(&flow, "identifier")["attributes"]["type"], "hidden");
        let answer = authenticator.get(&options(&flow, "passkey_challenge"));
        let (status, body) = parts(browser.submit(&flow, json!({"passkey_login": answer.to_string()})).await).await;
        assert_eq!(status, 200, "{body}");
        // On the first screen too; and who has none is not asked for one.
        assert_eq!(sign_in(&world.browser(), &mut authenticator).await.0, 200);
        let browser = world.browser();
        let flow = browser.begin("/self-service/login/browser").await;
        let (_, flow) = parts(browser.submit(&flow, name("peter@example.org")).await).await;
        assert!(has(&flow, "password") && !has(&flow, "passkey_login_trigger"), "{flow}");
        world.stop().await;
    }
}
