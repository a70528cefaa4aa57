//! Cookies: names, attributes, and what a foreign one does.

use serde_json::json;
use shared_types::on_both;

use super::world::{World, consent, login, request};

on_both!(
    async fn cookies_have_the_names_and_attributes_of_the_contract(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.start(&request(&[])).await;
        // The suffix is murmur3 of "shop".
        let cookie = browser.set.iter().find(|cookie| cookie.starts_with("ory_hydra_login_csrf_")).unwrap();
        let name = cookie.split('=').next().unwrap();
        assert!(name.trim_start_matches("ory_hydra_login_csrf_").parse::<u32>().is_ok(), "{name}");
        for attribute in ["HttpOnly", "Secure", "SameSite=None", "Path=/", "Max-Age=1800"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        assert!(browser.cookies.keys().any(|name| name.starts_with("ory_hydra_consent_csrf_")));
        assert!(browser.cookies.contains_key("ory_hydra_session"));
    }
);

on_both!(
    async fn development_has_its_own_names(dsn: String) {
        let world = World::with(&dsn, json!({ "dev": true, "serve": { "cookies": { "domain": "id.test" } } })).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        assert!(browser.cookies.contains_key("ory_hydra_session_dev"), "{:?}", browser.cookies);
        assert!(browser.cookies.keys().any(|name| name.starts_with("ory_hydra_login_csrf_dev_")));
        browser.start(&request(&["prompt=login"])).await;
        let cookie = &browser.set[0];
        assert!(cookie.contains("SameSite=Lax") && cookie.contains("Domain=id.test"), "{cookie}");
        assert!(!cookie.contains("Secure"), "{cookie}");
    }
);

on_both!(
    async fn names_path_and_twins_are_configurable(dsn: String) {
        let cookies = json!({
            "names": { "session": "sid", "login_csrf": "l", "consent_csrf": "c" },
            "paths": { "session": "/oauth2" },
            "same_site_legacy_workaround": true,
        });
        let world = World::with(&dsn, json!({ "serve": { "cookies": cookies } })).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let challenge = browser.start(&request(&[])).await;
        assert_eq!(browser.set.len(), 2);
        let twin = browser.set.iter().find(|cookie| cookie.split('=').next().unwrap().ends_with("_legacy")).unwrap();
        assert!(!twin.contains("SameSite"), "{twin}");
        // A browser that keeps the twin alone comes through.
        browser.cookies.retain(|name, _| name.ends_with("_legacy"));
        let next = world.accept("login", &challenge, login("ann", true)).await;
        let reply = browser.get(&next).await;
        assert!(reply.sent("consent_challenge").is_some(), "{reply:?}");
        let session = browser.set.iter().find(|cookie| cookie.starts_with("sid=")).unwrap();
        assert!(session.contains("Path=/oauth2"), "{session}");
    }
);

on_both!(
    async fn a_verifier_stays_in_its_browser(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let (mut mine, mut theirs) = (world.browser(), world.browser());
        theirs.authorize(&request(&[]), login("eve", true), consent(false)).await;
        let mut empty = world.browser();
        let mut broken = world.browser();

        let challenge = mine.start(&request(&[])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        broken.cookies = mine.cookies.keys().map(|name| (name.clone(), "garbage".to_owned())).collect();
        for stranger in [&mut theirs, &mut empty, &mut broken] {
            let reply = stranger.get(&next).await;
            assert_eq!(reply.sent("error").as_deref(), Some("request_forbidden"), "{reply:?}");
        }
        let challenge = mine.get(&next).await.sent("consent_challenge").unwrap();
        let next = world.accept("consent", &challenge, consent(false)).await;
        broken.cookies = mine.cookies.keys().map(|name| (name.clone(), "garbage".to_owned())).collect();
        for stranger in [&mut theirs, &mut empty, &mut broken] {
            let reply = stranger.get(&next).await;
            assert_eq!(reply.sent("error").as_deref(), Some("request_forbidden"), "{reply:?}");
        }
        // One leg's cookie is nothing under the other's name.
        let mut swapped = mine.clone();
        let login_value = mine.cookies.iter().find(|(name, _)| name.contains("login_csrf")).unwrap().1.clone();
        for (name, value) in &mut swapped.cookies {
            if name.contains("consent_csrf") {
                value.clone_from(&login_value);
            }
        }
        assert_eq!(swapped.get(&next).await.sent("error").as_deref(), Some("request_forbidden"));
        // None of them has spoilt it.
        assert!(mine.get(&next).await.sent("code").is_some());
    }
);

on_both!(
    async fn two_tabs_do_not_disturb_each_other(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let first = browser.start(&request(&["state=first-tab"])).await;
        let second = browser.start(&request(&["state=second-tab"])).await;
        let mut consents = Vec::new();
        for challenge in [second, first] {
            let next = world.accept("login", &challenge, login("ann", true)).await;
            consents.push(browser.get(&next).await.sent("consent_challenge").unwrap());
        }
        for (challenge, state) in consents.iter().zip(["second-tab", "first-tab"]) {
            let next = world.accept("consent", challenge, consent(false)).await;
            let reply = browser.get(&next).await;
            assert_eq!(reply.sent("state").as_deref(), Some(state));
            assert!(reply.sent("code").is_some());
        }
    }
);

on_both!(
    async fn a_forged_session_cookie_is_no_session(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        let value = browser.cookies["ory_hydra_session"].clone();
        for forged in
            [format!("{value}x"), value.chars().rev().collect(), "5f9f6c0e-0000-4000-8000-000000000000".to_owned()]
        {
            browser.cookies.insert("ory_hydra_session".to_owned(), forged);
            let reply = browser.get(&request(&["prompt=none"])).await;
            assert_eq!(reply.sent("error").as_deref(), Some("login_required"));
        }
    }
);
