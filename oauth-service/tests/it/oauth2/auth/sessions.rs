//! What a remembered login is worth, and to which requests.

use chrono::Duration;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{Browser, LOGIN_PAGE, World, consent, login, request};

const SESSION: &str = "ory_hydra_session";

/// The login request a browser's authorization request leads to.
async fn asked(world: &World, browser: &mut Browser<'_>, changes: &[&str]) -> Value {
    let challenge = browser.start(&request(changes)).await;
    world.page("login", "", &challenge, json!(null)).await.json()
}

on_both!(
    async fn a_remembered_login_is_not_asked_again(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        assert!(browser.cookies.contains_key(SESSION));
        let first = asked(&world, &mut browser, &[]).await;
        assert_eq!((&first["skip"], &first["subject"]), (&json!(true), &json!("ann")));
        let second = asked(&world, &mut browser, &[]).await;
        assert_eq!(first["session_id"], second["session_id"]);
        // Another browser knows nothing of it.
        assert_eq!(asked(&world, &mut world.browser(), &[]).await["skip"], false);
    }
);

on_both!(
    async fn a_login_that_is_not_to_be_remembered_ends_an_older_one(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", false), consent(false)).await;
        assert!(!browser.cookies.contains_key(SESSION));
        assert_eq!(asked(&world, &mut browser, &[]).await["skip"], false);
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        let kept = browser.cookies.clone();
        browser.authorize(&request(&["prompt=login"]), login("bob", false), consent(false)).await;
        assert!(!browser.cookies.contains_key(SESSION));
        browser.cookies = kept;
        assert_eq!(asked(&world, &mut browser, &[]).await["skip"], false);
    }
);

on_both!(
    async fn prompts_ask_for_a_fresh_login(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        for prompt in ["login", "select_account", "registration", "login consent"] {
            assert_eq!(asked(&world, &mut browser, &[&format!("prompt={prompt}")]).await["skip"], false, "{prompt}");
        }
        assert_eq!(asked(&world, &mut browser, &["prompt=consent"]).await["skip"], true);
        let before = asked(&world, &mut browser, &[]).await["session_id"].clone();
        world.clock.advance(Duration::seconds(60));
        let reply = browser.authorize(&request(&["prompt=login"]), login("ann", true), consent(false)).await;
        assert!(reply.sent("code").is_some());
        assert_ne!(asked(&world, &mut browser, &[]).await["session_id"], before);
    }
);

on_both!(
    async fn max_age_looks_at_the_login(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        world.clock.advance(Duration::seconds(60));
        assert_eq!(asked(&world, &mut browser, &["max_age=60"]).await["skip"], true);
        assert_eq!(asked(&world, &mut browser, &["max_age=59"]).await["skip"], false);
        assert_eq!(asked(&world, &mut browser, &["max_age=0"]).await["skip"], false);
        let none = browser.get(&request(&["max_age=59", "prompt=none"])).await;
        assert_eq!(none.sent("error").as_deref(), Some("login_required"));
        // A login made for the request satisfies it, however long the page takes.
        let challenge = browser.start(&request(&["max_age=0"])).await;
        world.clock.advance(Duration::seconds(100));
        let next = world.accept("login", &challenge, login("ann", true)).await;
        world.clock.advance(Duration::seconds(5));
        assert!(browser.get(&next).await.sent("consent_challenge").is_some());
        // A remembered one that grows too old while the page is open does not.
        let challenge = browser.start(&request(&["max_age=60"])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        world.clock.advance(Duration::seconds(120));
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("login_required"));
        assert!(!browser.cookies.contains_key(SESSION));
    }
);

on_both!(
    async fn prompt_none_never_shows_a_page_to_a_stranger(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        assert_eq!(browser.get(&request(&["prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        // Logged in, but the consent was for once.
        let challenge = browser.start(&request(&["prompt=none"])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("consent_required"));
        browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        let reply = browser.authorize(&request(&["prompt=none"]), login("ann", true), consent(false)).await;
        assert!(reply.sent("code").is_some(), "{reply:?}");
    }
);

on_both!(
    async fn another_person_starts_over(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        let challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &challenge, login("bob", true)).await;
        assert!(next.ends_with("&prompt=login"), "{next}");
        let reply = browser.get(&next).await;
        assert_eq!(reply.target(), LOGIN_PAGE);
        let again = world.page("login", "", &reply.sent("login_challenge").unwrap(), json!(null)).await.json();
        assert_eq!(again["skip"], false);
    }
);

on_both!(
    async fn a_session_ends_in_time_unless_extended(dsn: String) {
        let world = World::with(&dsn, json!({ "ttl": { "authentication_session": "2h" } })).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let mut short = login("ann", true);
        short["remember_for"] = json!(3_600);
        browser.authorize(&request(&[]), short.clone(), consent(false)).await;
        world.clock.advance(Duration::seconds(3_599));
        assert_eq!(asked(&world, &mut browser, &[]).await["skip"], true);
        // Accepting again does not prolong it by itself.
        browser.authorize(&request(&[]), short.clone(), consent(false)).await;
        assert!(browser.set.is_empty() || browser.set.iter().all(|cookie| !cookie.starts_with(SESSION)));
        short["extend_session_lifespan"] = json!(true);
        short["remember_for"] = json!(0);
        let challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &challenge, short).await;
        browser.get(&next).await;
        assert!(
            browser.set.iter().any(|cookie| cookie.starts_with(SESSION) && cookie.contains("Max-Age=7200")),
            "{:?}",
            browser.set
        );
        world.clock.advance(Duration::seconds(7_199));
        assert_eq!(asked(&world, &mut browser, &[]).await["skip"], true);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(asked(&world, &mut browser, &[]).await["skip"], false);
    }
);

on_both!(
    async fn a_login_ended_meanwhile_is_asked_again(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        let challenge = browser.start(&request(&[])).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        let ended = world.admin(reqwest::Method::DELETE, "/admin/oauth2/auth/sessions/login?subject=ann", None).await;
        assert_eq!(ended.status, 204);
        assert_eq!(browser.get(&next).await.target(), LOGIN_PAGE);
    }
);

on_both!(
    async fn a_hint_must_name_the_person(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let reply = browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        let hint = format!("id_token_hint={}", tokens["id_token"].as_str().unwrap());
        let known = asked(&world, &mut browser, &[&hint]).await;
        assert_eq!(known["skip"], true);
        assert_eq!(known["oidc_context"]["id_token_hint_claims"]["sub"], "ann");
        let reply = browser.authorize(&request(&[&hint, "prompt=none"]), login("ann", true), consent(false)).await;
        assert!(reply.sent("code").is_some());
        // Another person's session does not do, and another person's login neither.
        let mut other = world.browser();
        other.authorize(&request(&[]), login("bob", true), consent(true)).await;
        assert_eq!(other.get(&request(&[&hint, "prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
        let challenge = other.start(&request(&[&hint])).await;
        let next = world.accept("login", &challenge, login("bob", true)).await;
        assert_eq!(other.get(&next).await.sent("error").as_deref(), Some("login_required"));
        // A hint nobody signed is refused.
        let forged = format!("{}x", hint.trim_end_matches(|c: char| c != '.'));
        assert_eq!(other.get(&request(&[&forged])).await.sent("error").as_deref(), Some("invalid_request"));
    }
);

on_both!(
    async fn another_person_is_an_error_where_nobody_may_be_asked(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        let challenge = browser.start(&request(&["prompt=none"])).await;
        let next = world.accept("login", &challenge, login("bob", true)).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("login_required"));
        assert_eq!(asked(&world, &mut browser, &[]).await["subject"], "ann");
    }
);
