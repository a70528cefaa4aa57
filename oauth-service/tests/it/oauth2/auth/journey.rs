//! The whole way from request to code, and the ways it ends early.

use serde_json::json;
use shared_types::on_both;
use url::Url;

use super::world::{CALLBACK, CONSENT_PAGE, ISSUER, LOGIN_PAGE, World, consent, login, param, request};

on_both!(
    async fn a_person_logs_in_consents_and_the_client_gets_a_code(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();

        let first = browser.get(&request(&["login_hint=ann@example.org", "ui_locales=de en", "unknown=1"])).await;
        assert_eq!((first.status, first.target().as_str()), (302, LOGIN_PAGE));
        assert_eq!(first.header("cache-control"), "no-store");
        assert!(first.location().as_str().len() < 1_500, "{}", first.location());
        let challenge = first.sent("login_challenge").unwrap();

        let asked = world.page("login", "", &challenge, json!(null)).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        let asked = asked.json();
        assert_eq!(asked["challenge"], challenge.as_str());
        assert_eq!(asked["requested_scope"], json!(["openid", "offline", "photos.read"]));
        assert_eq!(asked["requested_access_token_audience"], json!([]));
        assert_eq!((&asked["skip"], &asked["subject"]), (&json!(false), &json!("")));
        assert_eq!(asked["oidc_context"]["login_hint"], "ann@example.org");
        assert_eq!(asked["oidc_context"]["ui_locales"], json!(["de", "en"]));
        assert_eq!(asked["client"]["client_id"], "shop");
        assert!(asked["client"].get("client_secret").is_none());
        assert!(asked["request_url"].as_str().unwrap().starts_with(&format!("{ISSUER}oauth2/auth?client_id=shop&")));

        let next = world.accept("login", &challenge, login("ann", false)).await;
        assert!(next.len() < 1_500, "{next}");
        assert!(next.starts_with(asked["request_url"].as_str().unwrap()));
        let second = browser.get(&next).await;
        assert_eq!((second.status, second.target().as_str()), (302, CONSENT_PAGE), "{second:?}");
        assert!(second.location().as_str().len() < 1_500, "{}", second.location());
        let challenge = second.sent("consent_challenge").unwrap();

        let wanted = world.page("consent", "", &challenge, json!(null)).await.json();
        assert_eq!(wanted["challenge"], challenge.as_str());
        assert_eq!(wanted["subject"], "ann");
        assert_eq!(wanted["skip"], false);
        assert_eq!((&wanted["acr"], &wanted["amr"]), (&json!("1"), &json!(["pwd"])));
        assert_eq!(wanted["context"], json!({ "tenant": "a" }));
        assert_eq!(wanted["login_session_id"], asked["session_id"]);
        assert!(is_hex_id(wanted["login_challenge"].as_str().unwrap()));
        assert!(is_hex_id(wanted["consent_request_id"].as_str().unwrap()));

        let next = world.accept("consent", &challenge, consent(false)).await;
        assert!(next.len() < 1_500, "{next}");
        let third = browser.get(&next).await;
        assert_eq!((third.status, third.target().as_str()), (303, CALLBACK), "{third:?}");
        assert_eq!(third.header("cache-control"), "no-store");
        assert_eq!(third.header("pragma"), "no-cache");
        assert!(third.sent("code").unwrap().starts_with("ory_ac_"));
        assert_eq!(third.sent("scope").as_deref(), Some("openid offline photos.read"));
        assert_eq!(third.sent("state").as_deref(), Some("a-state-of-some-length"));
        assert_eq!(third.sent("iss").as_deref(), Some(ISSUER));
        let names: Vec<String> = third.location().query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["code", "iss", "scope", "session_state", "state"]);
    }
);

fn is_hex_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

on_both!(
    async fn a_post_is_as_good_as_a_get(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let url = request(&[]);
        let (endpoint, form) = url.split_once('?').unwrap();
        let first = browser.post(endpoint, form.to_owned()).await;
        assert_eq!((first.status, first.target().as_str()), (302, LOGIN_PAGE), "{first:?}");
        let next = world.accept("login", &first.sent("login_challenge").unwrap(), login("ann", false)).await;
        let second = browser.get(&next).await;
        let next = world.accept("consent", &second.sent("consent_challenge").unwrap(), consent(false)).await;
        assert!(browser.get(&next).await.sent("code").is_some());
        let twice = browser.post(&url, "state=another-state".to_owned()).await;
        assert_eq!(twice.sent("error").as_deref(), Some("invalid_request"));
    }
);

on_both!(
    async fn a_page_says_no_in_its_own_words(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let no =
            json!({ "error": "access_denied", "error_description": "The person said no.", "error_debug": "hidden" });

        let challenge = browser.start(&request(&[])).await;
        let reply = world.page("login", "reject", &challenge, no.clone()).await;
        assert_eq!(reply.status, 200);
        let told = browser.get(reply.json()["redirect_to"].as_str().unwrap()).await;
        assert_eq!((told.status, told.target().as_str()), (303, CALLBACK));
        assert_eq!(told.sent("error").as_deref(), Some("access_denied"));
        assert_eq!(told.sent("error_description").as_deref(), Some("The person said no."));
        assert_eq!(told.sent("state").as_deref(), Some("a-state-of-some-length"));
        assert_eq!(told.sent("iss").as_deref(), Some(ISSUER));

        let challenge = browser.log_in(&request(&[]), login("ann", false)).await;
        let reply = world.page("consent", "reject", &challenge, no).await;
        let told = browser.get(reply.json()["redirect_to"].as_str().unwrap()).await;
        assert_eq!(told.sent("error_description").as_deref(), Some("The person said no."));
        assert!(told.sent("code").is_none());
        let silent = browser.log_in(&request(&[]), login("ann", false)).await;
        let reply = world.page("consent", "reject", &silent, json!({})).await;
        let told = browser.get(reply.json()["redirect_to"].as_str().unwrap()).await;
        assert_eq!(told.sent("error").as_deref(), Some("access_denied"));
    }
);

on_both!(
    async fn a_form_carries_answers_and_errors(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let url = request(&["response_mode=form_post", "state=\"><script>alert(1)</script>"]);
        let reply = browser.authorize(&url, login("ann", false), consent(false)).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.body.contains(&format!("method=\"post\" action=\"{CALLBACK}\"")), "{}", reply.body);
        assert!(reply.body.contains("name=\"code\" value=\"ory_ac_"));
        assert!(reply.body.contains("name=\"iss\""));
        assert!(reply.body.contains("<noscript><button"));
        assert!(!reply.body.contains("<script>"));
        let policy = reply.header("content-security-policy");
        let nonce = policy.split("script-src 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert!(reply.body.contains(&format!("<script nonce=\"{nonce}\">")));
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));

        let refused = browser.get(&request(&["response_mode=form_post", "prompt=none"])).await;
        assert_eq!(refused.status, 200);
        assert!(refused.body.contains("name=\"error\" value=\"login_required\""), "{}", refused.body);
    }
);

on_both!(
    async fn a_fragment_and_a_query_keep_what_the_client_has_there(dsn: String) {
        let world = World::start(&dsn).await;
        let callback = "https://shop.test/cb?tenant=1&code=mine";
        world.client("shop", json!({ "redirect_uris": [callback] })).await;
        let mut browser = world.browser();
        let url = request(&[&format!("redirect_uri={callback}")]);
        let reply = browser.authorize(&url, login("ann", false), consent(false)).await;
        assert!(reply.sent("code").unwrap().starts_with("ory_ac_"));
        assert_eq!(reply.sent("tenant").as_deref(), Some("1"));
        let url = request(&[&format!("redirect_uri={callback}"), "response_mode=fragment"]);
        let reply = browser.authorize(&url, login("ann", false), consent(false)).await;
        let location = reply.location();
        assert_eq!(location.query(), Some("tenant=1&code=mine"));
        let fragment = Url::parse(&format!("https://x.test/?{}", location.fragment().unwrap())).unwrap();
        assert!(param(&fragment, "code").unwrap().starts_with("ory_ac_"));
    }
);

on_both!(
    async fn the_registration_page_is_a_prompt_away(dsn: String) {
        let world =
            World::with(&dsn, json!({ "urls": { "registration": "https://pages.test/registration?x=1" } })).await;
        world.client("shop", json!({})).await;
        let reply = world.browser().get(&request(&["prompt=registration", "identity_schema=partner"])).await;
        assert_eq!(reply.target(), "https://pages.test/registration");
        assert_eq!(reply.sent("x").as_deref(), Some("1"));
        assert_eq!(reply.sent("identity_schema").as_deref(), Some("partner"));
        assert!(reply.sent("login_challenge").is_some());
    }
);

on_both!(
    async fn the_code_is_worth_tokens(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let reply = browser.authorize(&request(&[]), login("ann", true), consent(false)).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        assert_eq!(tokens["scope"], "openid offline photos.read");
        assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string());
    }
);
