//! RP-initiated logout and logout by the person himself.

use reqwest::Method;
use serde_json::json;
use shared_types::on_both;

use super::world::{Browser, ISSUER, LOGOUT_PAGE, World, consent, login, request};

const DONE: &str = "https://id.test/oauth2/fallbacks/logout/callback";
const ERROR_PAGE: &str = "https://id.test/oauth2/fallbacks/error";
const BYE: &str = "https://shop.test/bye";

async fn world(dsn: &str) -> World {
    let world = World::start(dsn).await;
    let redirects = json!({ "post_logout_redirect_uris": [BYE, "https://shop.test/bye?x=1"] });
    world.client("shop", redirects).await;
    world.client("bank", json!({ "post_logout_redirect_uris": ["https://shop.test/bank"] })).await;
    world
}

fn url(params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    format!("{ISSUER}oauth2/sessions/logout?{query}")
}

/// Logs a browser in and returns the ID token.
async fn log_in(world: &World, browser: &mut Browser<'_>, remember: bool) -> String {
    let reply = browser.authorize(&request(&[]), login("ann", remember), consent(false)).await;
    let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
    tokens["id_token"].as_str().unwrap().to_owned()
}

on_both!(
    async fn a_client_asks_the_person_agrees(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let token = log_in(&world, &mut browser, true).await;
        let params = [
            ("id_token_hint", token.as_str()),
            ("client_id", "shop"),
            ("post_logout_redirect_uri", BYE),
            ("state", "a b&c"),
        ];
        let reply = browser.get(&url(&params)).await;
        assert_eq!((reply.status, reply.target().as_str()), (302, LOGOUT_PAGE), "{reply:?}");
        let challenge = reply.sent("logout_challenge").unwrap();
        let asked = world.page("logout", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["challenge"], challenge.as_str());
        assert_eq!((&asked["subject"], &asked["rp_initiated"]), (&json!("ann"), &json!(true)));
        assert_eq!(asked["client"]["client_id"], "shop");
        assert!(asked["sid"].is_string() && asked["expires_at"].is_string() && asked["requested_at"].is_string());
        assert_eq!(world.page("logout", "reject", &challenge, json!(null)).await.status, 204);
        assert_eq!(browser.get(&request(&["prompt=none"])).await.status, 302);

        let next = world.accept("logout", &challenge, json!(null)).await;
        assert!(next.starts_with(&format!("{ISSUER}oauth2/sessions/logout?logout_verifier=")));
        let reply = browser.get(&next).await;
        assert_eq!(reply.header("location"), "https://shop.test/bye?state=a+b%26c");
        assert!(!browser.cookies.contains_key("ory_hydra_session"));
        assert_eq!(browser.get(&request(&["prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
        // Again: nothing happens, and the page learns that it is over.
        assert_eq!(browser.get(&next).await.header("location"), "https://shop.test/bye?state=a+b%26c");
        let gone = world.page("logout", "", &challenge, json!(null)).await;
        assert_eq!(gone.status, 410);
        assert!(gone.json()["redirect_to"].is_string());
        // A logout that has nothing to end asks nobody.
        let reply = browser.get(&url(&params)).await;
        assert_eq!(reply.header("location"), "https://shop.test/bye?state=a+b%26c");
    }
);

on_both!(
    async fn a_post_logs_out_too(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let token = log_in(&world, &mut browser, true).await;
        let reply = browser.post(&format!("{ISSUER}oauth2/sessions/logout"), format!("id_token_hint={token}")).await;
        assert_eq!(reply.target(), LOGOUT_PAGE);
        let next = world.accept("logout", &reply.sent("logout_challenge").unwrap(), json!(null)).await;
        assert_eq!(browser.get(&next).await.header("location"), DONE);
    }
);

on_both!(
    async fn the_person_comes_alone(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        assert_eq!(browser.get(&url(&[])).await.header("location"), DONE);
        // A state alone is ignored: there is no address to bring it back to.
        assert_eq!(browser.get(&url(&[("state", "x")])).await.header("location"), DONE);
        log_in(&world, &mut browser, true).await;
        let reply = browser.get(&url(&[])).await;
        assert_eq!(reply.target(), LOGOUT_PAGE);
        let challenge = reply.sent("logout_challenge").unwrap();
        let asked = world.page("logout", "", &challenge, json!(null)).await.json();
        assert_eq!((&asked["rp_initiated"], &asked["client"]), (&json!(false), &json!(null)));
        let next = world.accept("logout", &challenge, json!(null)).await;
        // Another browser cannot log this one out.
        assert_eq!(world.browser().get(&next).await.header("location"), DONE);
        assert_eq!(browser.get(&request(&["prompt=none"])).await.status, 302);
        assert_eq!(browser.get(&next).await.header("location"), DONE);
        assert_eq!(browser.get(&request(&["prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
    }
);

on_both!(
    async fn what_is_wrong_stays_on_the_error_page(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let token = log_in(&world, &mut browser, true).await;
        let forged = format!("{}.AAAA", token.rsplit_once('.').unwrap().0);
        let cases: Vec<Vec<(&str, &str)>> = vec![
            vec![("post_logout_redirect_uri", BYE)],
            vec![("id_token_hint", "garbage")],
            vec![("id_token_hint", &forged)],
            vec![("id_token_hint", &token), ("post_logout_redirect_uri", "https://evil.test/")],
            vec![("id_token_hint", &token), ("post_logout_redirect_uri", "https://shop.test/bye/")],
            vec![("id_token_hint", &token), ("post_logout_redirect_uri", "https://shop.test/bank")],
            vec![("id_token_hint", &token), ("id_token_hint", &token)],
            vec![("id_token_hint", &token), ("client_id", "bank")],
            vec![("logout_verifier", "garbage")],
        ];
        for params in cases {
            let reply = browser.get(&url(&params)).await;
            assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE), "{params:?}");
            assert!(reply.sent("error").is_some());
        }
        assert_eq!(browser.get(&request(&["prompt=none"])).await.status, 302);
    }
);

on_both!(
    async fn an_old_hint_still_names_its_session(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let token = log_in(&world, &mut browser, true).await;
        world.clock.advance(chrono::Duration::hours(5));
        let reply = browser.get(&url(&[("id_token_hint", &token)])).await;
        assert_eq!(reply.target(), LOGOUT_PAGE);
        let challenge = reply.sent("logout_challenge").unwrap();
        world.clock.advance(chrono::Duration::minutes(30));
        assert_eq!(world.page("logout", "accept", &challenge, json!(null)).await.status, 401);
    }
);

on_both!(
    async fn an_unremembered_login_needs_no_logout(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let token = log_in(&world, &mut browser, false).await;
        let reply = browser
            .get(&url(&[("id_token_hint", &token), ("post_logout_redirect_uri", "https://shop.test/bye?x=1")]))
            .await;
        assert_eq!(reply.header("location"), "https://shop.test/bye?x=1");
    }
);

on_both!(
    async fn the_admin_ends_sessions(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        log_in(&world, &mut browser, true).await;
        let challenge = browser.start(&request(&[])).await;
        let sid =
            world.page("login", "", &challenge, json!(null)).await.json()["session_id"].as_str().unwrap().to_owned();
        let path = "/admin/oauth2/auth/sessions/login";
        for (query, status) in [
            ("", 400),
            ("?subject=ann&sid=x", 400),
            ("?subject=%00", 400),
            ("?sid=unknown", 204),
            ("?subject=nobody", 204),
        ] {
            assert_eq!(world.admin(Method::DELETE, &format!("{path}{query}"), None).await.status, status, "{query}");
        }
        assert_eq!(browser.get(&request(&["prompt=none"])).await.status, 302);
        assert_eq!(world.admin(Method::DELETE, &format!("{path}?sid={sid}"), None).await.status, 204);
        assert_eq!(browser.get(&request(&["prompt=none"])).await.sent("error").as_deref(), Some("login_required"));
    }
);

/// Answers one request with 204 and returns what it said.
fn listen_once() -> (String, std::thread::JoinHandle<String>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/identity/", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = vec![0; 4_096];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..length]).to_lowercase()
    });
    (url, thread)
}

on_both!(
    async fn the_identity_providers_session_ends_too(dsn: String) {
        let (url, provider) = listen_once();
        let provides = json!({ "identity_provider": { "url": url, "headers": { "Authorization": "Bearer the-key" } } });
        let world = World::with(&dsn, json!({ "urls": provides })).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let mut body = login("ann", true);
        body["identity_provider_session_id"] = json!("5f9f6c0e-0000-4000-8000-000000000000");
        browser.authorize(&request(&[]), body, consent(false)).await;
        let challenge = browser.get(&format!("{ISSUER}oauth2/sessions/logout")).await.sent("logout_challenge").unwrap();
        let next = world.accept("logout", &challenge, json!(null)).await;
        assert_eq!(browser.get(&next).await.header("location"), DONE);
        let said = tokio::task::spawn_blocking(move || provider.join().unwrap()).await.unwrap();
        let line = "delete /identity/admin/sessions/5f9f6c0e-0000-4000-8000-000000000000 http/1.1";
        assert!(said.starts_with(line), "{said}");
        assert!(said.contains("authorization: bearer the-key"), "{said}");
    }
);
