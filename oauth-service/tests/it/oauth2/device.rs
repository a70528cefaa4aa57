//! `/oauth2/device/auth`, `/oauth2/device/verify` and the device grant: RFC 8628.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{Browser, CONSENT_PAGE, LOGIN_PAGE, Reply, World, consent, login, read},
    token::{part, text},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const PAGE: &str = "https://pages.test/device";
const DONE: &str = "https://pages.test/connected";
const ACCEPT: &str = "/admin/oauth2/auth/requests/device/accept";

async fn start(dsn: &str, more: Value) -> World {
    let mut config = json!({"urls": {"device": {"verification": PAGE, "success": DONE}}});
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    let world = World::with(dsn, config).await;
    world.client("tv", json!({"grant_types": [GRANT, "refresh_token"], "audience": ["https://api.test"]})).await;
    world
}

async fn ask(world: &World, form: &[(&str, &str)]) -> Reply {
    read(world.public(Method::POST, "/oauth2/device/auth").form(form)).await
}

async fn begin(world: &World) -> Value {
    let reply = ask(world, &[("client_id", "tv"), ("scope", "openid offline photos.read")]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn poll(world: &World, begun: &Value) -> Reply {
    world.token(&[("grant_type", GRANT), ("client_id", "tv"), ("device_code", text(begun, "device_code"))]).await
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "error").to_owned())
}

fn is(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

/// Opens the address of the device and returns the challenge of the page that asks for the code.
async fn open(browser: &mut Browser<'_>, url: &str) -> String {
    let reply = browser.get(url).await;
    assert_eq!((reply.status, reply.target().as_str()), (302, PAGE), "{reply:?}");
    reply.sent("device_challenge").unwrap()
}

async fn typed(world: &World, challenge: &str, code: &str) -> Reply {
    world.page("device", "accept", challenge, json!({"user_code": code})).await
}

/// Goes to where the consent challenge is asked.
async fn to_consent(world: &World, browser: &mut Browser<'_>, begun: &Value) -> String {
    let challenge = open(browser, text(begun, "verification_uri")).await;
    let next = typed(world, &challenge, text(begun, "user_code")).await;
    assert_eq!(next.status, 200, "{next:?}");
    let reply = browser.get(text(&next.json(), "redirect_to")).await;
    assert_eq!(reply.target(), LOGIN_PAGE, "{reply:?}");
    let next = world.accept("login", &reply.sent("login_challenge").unwrap(), login("ann", true)).await;
    let reply = browser.get(&next).await;
    assert_eq!(reply.target(), CONSENT_PAGE, "{reply:?}");
    reply.sent("consent_challenge").unwrap()
}

async fn agree(world: &World, browser: &mut Browser<'_>, begun: &Value) -> String {
    let challenge = to_consent(world, browser, begun).await;
    world.accept("consent", &challenge, consent(false)).await
}

on_both! {
    async fn a_device_gets_its_tokens_once_a_person_agreed(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let metadata = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["device_authorization_endpoint"], "https://id.test/oauth2/device/auth");
        assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));

        // RFC 8628 3.2.
        let reply = ask(&world, &[("client_id", "tv"), ("scope", "openid offline photos.read")]).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
        let begun = reply.json();
        let code = text(&begun, "user_code");
        assert!(text(&begun, "device_code").starts_with("ory_dc_"));
        assert_eq!((code.len(), &begun["expires_in"], &begun["interval"]), (8, &json!(600), &json!(5)));
        assert!(code.bytes().all(|b| b"23456789BCDFGHJKLMNPQRSTVWXZ".contains(&b)), "{code}");
        assert_eq!(text(&begun, "verification_uri"), "https://id.test/oauth2/device/verify");
        assert_eq!(text(&begun, "verification_uri_complete"), format!("https://id.test/oauth2/device/verify?user_code={code}"));
        assert_eq!(error(&poll(&world, &begun).await), is(400, "authorization_pending"));

        let mut browser = world.browser();
        let complete = browser.get(text(&begun, "verification_uri_complete")).await;
        assert_eq!(complete.sent("user_code").as_deref(), Some(code), "the page may fill it in");
        let challenge = to_consent(&world, &mut browser, &begun).await;
        let asked = world.page("consent", "", &challenge, json!({})).await.json();
        assert_eq!(asked["requested_scope"], json!(["openid", "offline", "photos.read"]));
        assert!(text(&asked, "request_url").starts_with("https://id.test/oauth2/device/verify?client_id=tv"));
        assert_eq!((asked["skip"].as_bool(), asked["client"]["client_id"].as_str()), (Some(false), Some("tv")));
        world.clock.advance(Duration::seconds(5));
        assert_eq!(error(&poll(&world, &begun).await), is(400, "authorization_pending"));

        let next = world.accept("consent", &challenge, consent(false)).await;
        let done = browser.get(&next).await;
        assert_eq!((done.status, done.location().as_str()), (302, "https://pages.test/connected?client_id=tv"));

        let reply = poll(&world, &begun).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{reply:?}");
        let tokens = reply.json();
        assert_eq!((text(&tokens, "scope"), text(&tokens, "token_type")), ("openid offline photos.read", "bearer"));
        let claims = part(text(&tokens, "id_token"), 1);
        assert_eq!((text(&claims, "sub"), text(&claims, "role"), text(&claims, "acr")), ("ann", "buyer", "1"));
        let found = world.introspect(text(&tokens, "access_token")).await;
        assert_eq!((text(&found, "sub"), &found["ext"]["role"]), ("ann", &json!("buyer")));
        assert_eq!(world.refresh("tv", text(&tokens, "refresh_token")).await.status, 200);
        // A code is good once.
        assert_eq!(error(&poll(&world, &begun).await), is(400, "invalid_grant"));
        assert_eq!(browser.get(&next).await.status, 403, "and so is a consent");
    }
}

on_both! {
    async fn a_device_that_asks_too_often_waits_for_longer(dsn: String) {
        // RFC 8628 3.5.
        let world = start(&dsn, json!({"oauth2": {"device_authorization": {"token_polling_interval": "7s"}}})).await;
        let begun = begin(&world).await;
        assert_eq!(begun["interval"], json!(7));
        let wait = |seconds: i64| world.clock.advance(Duration::seconds(seconds));
        assert_eq!(error(&poll(&world, &begun).await), is(400, "authorization_pending"));
        wait(6);
        assert_eq!(error(&poll(&world, &begun).await), is(400, "slow_down"));
        wait(11);
        assert_eq!(error(&poll(&world, &begun).await), is(400, "slow_down"), "twelve seconds now");
        wait(17);
        assert_eq!(error(&poll(&world, &begun).await), is(400, "authorization_pending"));
    }
}

on_both! {
    async fn codes_expire(dsn: String) {
        let world = start(&dsn, json!({"ttl": {"device_user_code": "2m"}})).await;
        let begun = begin(&world).await;
        assert_eq!(begun["expires_in"], json!(120));
        let mut browser = world.browser();
        let challenge = open(&mut browser, text(&begun, "verification_uri")).await;
        world.clock.advance(Duration::seconds(120));
        assert_eq!(error(&poll(&world, &begun).await), is(400, "expired_token"));
        assert_eq!(error(&typed(&world, &challenge, text(&begun, "user_code")).await), is(400, "invalid_request"));
        // The page was left open for too long.
        world.clock.advance(Duration::minutes(31));
        world.housekeep().await;
        assert_eq!(error(&poll(&world, &begun).await), is(400, "invalid_grant"), "nothing is left of it");
        let late = begin(&world).await;
        assert_eq!(error(&typed(&world, &challenge, text(&late, "user_code")).await), is(401, "request_unauthorized"));
    }
}

on_both! {
    async fn who_refuses_is_believed_at_once(dsn: String) {
        let world = start(&dsn, json!({})).await;
        for kind in ["login", "consent"] {
            let begun = begin(&world).await;
            let mut browser = world.browser();
            let challenge = if kind == "login" {
                let challenge = open(&mut browser, text(&begun, "verification_uri")).await;
                let next = typed(&world, &challenge, text(&begun, "user_code")).await;
                browser.get(text(&next.json(), "redirect_to")).await.sent("login_challenge").unwrap()
            } else {
                to_consent(&world, &mut browser, &begun).await
            };
            let no = json!({"error": "access_denied", "error_description": "Not me."});
            let next = world.page(kind, "reject", &challenge, no).await.json();
            let told = browser.get(text(&next, "redirect_to")).await;
            assert_eq!((error(&told), text(&told.json(), "error_description")), (is(403, "access_denied"), "Not me."));
            assert_eq!(error(&poll(&world, &begun).await), is(403, "access_denied"));
        }
    }
}

on_both! {
    async fn a_code_is_typed_once_in_any_spelling(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let begun = begin(&world).await;
        let mut browser = world.browser();
        let challenge = open(&mut browser, text(&begun, "verification_uri")).await;
        let code = text(&begun, "user_code");
        let spelt = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
        assert_eq!(typed(&world, &challenge, &spelt).await.status, 200);
        assert_eq!(error(&typed(&world, &challenge, code).await), is(400, "invalid_request"));
        let other = open(&mut world.browser(), text(&begun, "verification_uri")).await;
        assert_eq!(error(&typed(&world, &other, code).await), is(400, "invalid_request"));
    }
}

on_both! {
    async fn codes_cannot_be_guessed(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let begun = begin(&world).await;
        let challenge = open(&mut world.browser(), text(&begun, "verification_uri")).await;
        for guess in ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "FFFFFFFF", "GGGGGGGG"] {
            assert_eq!(error(&typed(&world, &challenge, guess).await), is(400, "invalid_request"));
        }
        // A challenge takes five codes, the right one included.
        let sixth = typed(&world, &challenge, text(&begun, "user_code")).await;
        assert!(sixth.status == 403 && sixth.body.contains("Too many codes"), "{sixth:?}");
        for body in [json!({}), json!({"user_code": ""}), json!({"user_code": " - "})] {
            assert_eq!(error(&world.page("device", "accept", &challenge, body).await), is(400, "invalid_request"));
        }
        assert_eq!(error(&typed(&world, "garbage", "BBBBBBBB").await), is(404, "not_found"));
        assert_eq!(world.admin(Method::PUT, ACCEPT, Some(json!({"user_code": "x"}))).await.status, 400);
    }
}

on_both! {
    async fn guesses_are_counted_by_address_over_all_challenges(dsn: String) {
        let rules = json!({"enabled": true, "rules": [{"action": "user_code", "per_second": 0.001, "burst": 2}]});
        let world = start(&dsn, json!({"rate_limit": rules})).await;
        let begun = begin(&world).await;
        for _ in 0..2 {
            let challenge = open(&mut world.browser(), text(&begun, "verification_uri")).await;
            assert_eq!(typed(&world, &challenge, "BBBBBBBB").await.status, 400);
        }
        let challenge = open(&mut world.browser(), text(&begun, "verification_uri")).await;
        let refused = typed(&world, &challenge, text(&begun, "user_code")).await;
        assert_eq!((refused.status, refused.header("retry-after").is_empty()), (429, false), "{refused:?}");
    }
}

on_both! {
    async fn only_the_browser_that_typed_the_code_goes_on(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let begun = begin(&world).await;
        let mut browser = world.browser();
        let challenge = open(&mut browser, text(&begun, "verification_uri")).await;
        assert!(browser.cookies.contains_key("ory_hydra_device_csrf"), "{:?}", browser.cookies);
        let next = text(&typed(&world, &challenge, text(&begun, "user_code")).await.json(), "redirect_to").to_owned();
        assert_eq!(error(&world.browser().get(&next).await), is(403, "request_forbidden"));
        let without = next.replace("client_id=tv&", "");
        assert_eq!(error(&browser.get(&without).await), is(400, "invalid_request"));
        let other = next.replace("client_id=tv&", "client_id=shop&");
        assert_eq!(error(&browser.get(&other).await), is(400, "invalid_request"));
        assert_eq!(error(&browser.get(&next.replace("device_verifier=", "device_verifier=x")).await), is(403, "access_denied"));
        // What the page is told comes of the device's request, whatever the URL says.
        let widened = browser.get(&format!("{next}&scope=photos.write")).await;
        let asked = world.page("login", "", &widened.sent("login_challenge").unwrap(), json!({})).await.json();
        assert_eq!(asked["requested_scope"], json!(["openid", "offline", "photos.read"]));
        // An answer of the login page belongs to this request alone.
        let second = begin(&world).await;
        let challenge = to_consent(&world, &mut browser, &second).await;
        let consented = world.accept("consent", &challenge, consent(false)).await;
        let verifier = consented.split("consent_verifier=").nth(1).unwrap();
        assert_eq!(error(&browser.get(&format!("{next}&consent_verifier={verifier}")).await), is(403, "access_denied"));
        assert_eq!(error(&poll(&world, &begun).await), is(400, "authorization_pending"));
    }
}

on_both! {
    async fn a_request_must_be_one(dsn: String) {
        let world = start(&dsn, json!({})).await;
        world.client("shop", json!({})).await;
        world.client("box", json!({"grant_types": [GRANT], "token_endpoint_auth_method": "client_secret_basic", "client_secret": "a-secret-of-length"})).await;
        for (form, status, name) in [
            (&[("client_id", "tv"), ("scope", "admin")][..], 400, "invalid_scope"),
            (&[("client_id", "tv"), ("audience", "https://other.test")][..], 400, "invalid_request"),
            (&[("client_id", "shop")][..], 400, "unauthorized_client"),
            (&[("client_id", "nobody")][..], 401, "invalid_client"),
            (&[("client_id", "box")][..], 401, "invalid_client"),
            (&[("scope", "openid")][..], 400, "invalid_request"),
        ] {
            assert_eq!(error(&ask(&world, form).await), is(status, name), "{form:?}");
        }
        let basic = world.public(Method::POST, "/oauth2/device/auth").basic_auth("box", Some("a-secret-of-length"));
        assert_eq!(read(basic.try_clone().unwrap()).await.status, 200, "every parameter is optional, and so is a body");
        let begun = read(basic.form(&[("scope", "openid")])).await;
        assert_eq!(begun.status, 200, "RFC 8628 3.1: client_id is for clients that do not authenticate: {begun:?}");
        let code = text(&begun.json(), "device_code").to_owned();
        // RFC 8628 3.4: the code is the client's it was issued to.
        let stolen = world.token(&[("grant_type", GRANT), ("client_id", "tv"), ("device_code", &code)]).await;
        assert_eq!(error(&stolen), is(400, "invalid_grant"));
        for code in ["", "ory_dc_x.y"] {
            let reply = world.token(&[("grant_type", GRANT), ("client_id", "tv"), ("device_code", code)]).await;
            assert_eq!(reply.status, 400);
        }
        let not_registered = world.token(&[("grant_type", GRANT), ("client_id", "shop"), ("device_code", &code)]).await;
        assert_eq!(error(&not_registered), is(400, "unauthorized_client"));
    }
}

on_both! {
    async fn many_polls_yield_tokens_once_and_a_revoked_consent_none(dsn: String) {
        let world = start(&dsn, json!({})).await;
        let begun = begin(&world).await;
        let mut browser = world.browser();
        let next = agree(&world, &mut browser, &begun).await;
        assert_eq!(browser.get(&next).await.status, 302);
        let (a, b, c) = tokio::join!(poll(&world, &begun), poll(&world, &begun), poll(&world, &begun));
        assert_eq!([&a, &b, &c].iter().filter(|reply| reply.status == 200).count(), 1, "{a:?} {b:?} {c:?}");

        let begun = begin(&world).await;
        let next = agree(&world, &mut browser, &begun).await;
        assert_eq!(browser.get(&next).await.status, 302);
        let revoked = world.admin(Method::DELETE, "/admin/oauth2/auth/sessions/consent?subject=ann&all=true", None).await;
        assert_eq!(revoked.status, 204);
        assert_eq!(error(&poll(&world, &begun).await), is(400, "invalid_grant"));
    }
}

on_both! {
    async fn user_codes_and_lifetimes_are_made_as_configured(dsn: String) {
        let codes = json!({"length": 12, "character_set": "abcdefgh"});
        let world = start(&dsn, json!({"oauth2": {"device_authorization": {"user_code": codes}}})).await;
        let begun = begin(&world).await;
        let code = text(&begun, "user_code");
        assert!(code.len() == 12 && code.bytes().all(|b| b"abcdefgh".contains(&b)), "{code}");
        world.client("tv2", json!({"grant_types": [GRANT], "device_authorization_grant_access_token_lifespan": "42m"})).await;
        let begun = ask(&world, &[("client_id", "tv2"), ("scope", "openid")]).await.json();
        let mut browser = world.browser();
        let next = agree(&world, &mut browser, &begun).await;
        browser.get(&next).await;
        let tokens = world.token(&[("grant_type", GRANT), ("client_id", "tv2"), ("device_code", text(&begun, "device_code"))]).await.json();
        assert_eq!(tokens["expires_in"], json!(2520));
    }
}

on_both! {
    async fn pending_codes_survive_the_rotation_of_the_secret(dsn: String) {
        let old = start(&dsn, json!({})).await;
        let begun = begin(&old).await;
        old.stop().await;
        let secrets = json!(["a newer secret of the tests", "a secret of the tests alone"]);
        let config = json!({"secrets": {"system": secrets}, "urls": {"device": {"verification": PAGE, "success": DONE}}});
        let world = World::with(&dsn, config).await;
        let mut browser = world.browser();
        let next = agree(&world, &mut browser, &begun).await;
        assert_eq!(browser.get(&next).await.target(), DONE);
        assert_eq!(poll(&world, &begun).await.status, 200);
    }
}

on_both! {
    async fn pages_stand_in_for_those_nobody_configured(dsn: String) {
        let world = World::start(&dsn).await;
        let reply = world.browser().get("https://id.test/oauth2/device/verify").await;
        assert_eq!(reply.target(), "https://id.test/oauth2/fallbacks/device");
        for (path, key) in [("/oauth2/fallbacks/device", "urls.device.verification"), ("/oauth2/fallbacks/device/done", "urls.device.success")] {
            let page = read(world.public(Method::GET, path)).await;
            assert!(page.status == 200 && page.body.contains(key), "{page:?}");
        }
    }
}
