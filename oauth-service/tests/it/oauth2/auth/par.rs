//! Pushed authorization requests (RFC 9126).

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    jar::{Key, claims},
    world::{CALLBACK, ISSUER, Reply, VERIFIER, World, consent, login, read, request},
};

const ERROR_PAGE: &str = "https://id.test/oauth2/fallbacks/error";
const SECRET: &str = "a-secret-of-the-shop";

/// A server with the confidential client `shop`.
async fn world(dsn: &str, changes: Value) -> World {
    let world = World::start(dsn).await;
    let mut body = json!({ "token_endpoint_auth_method": "client_secret_post", "client_secret": SECRET });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    world.client("shop", body).await;
    world
}

/// The parameters of [`request`], with changes.
fn params(changes: &[&str]) -> Vec<(String, String)> {
    let url = url::Url::parse(&request(changes)).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn push_raw(world: &World, form: &[(String, String)]) -> Reply {
    read(world.public(Method::POST, "/oauth2/par").form(form)).await
}

async fn push(world: &World, changes: &[&str]) -> Reply {
    let mut form = params(changes);
    form.push(("client_secret".to_owned(), SECRET.to_owned()));
    push_raw(world, &form).await
}

fn pushed(reply: &Reply) -> String {
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["request_uri"].as_str().unwrap().to_owned()
}

fn begin(client: &str, request_uri: &str) -> String {
    let pairs = [("client_id", client), ("request_uri", request_uri)];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{ISSUER}oauth2/auth?{query}")
}

fn error(reply: &Reply) -> String {
    reply.sent("error").unwrap_or_else(|| panic!("{reply:?}"))
}

on_both!(
    async fn a_pushed_request_is_answered_once(dsn: String) {
        let world = world(&dsn, json!({})).await;
        let reply = push(&world, &["state=the-pushed-state"]).await;
        let uri = pushed(&reply);
        // RFC 9126 2.2: 201, a reference nobody can guess, and how long it is good.
        assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && (75..120).contains(&uri.len()), "{uri}");
        assert_eq!((reply.header("cache-control"), &reply.json()["expires_in"]), ("no-store", &json!(60)));
        let mut browser = world.browser();
        // A browser may load the page again before it has answered.
        browser.start(&begin("shop", &uri)).await;
        let url = format!("{}&scope=admin&state=of-somebody-else", begin("shop", &uri));
        let reply = browser.authorize(&url, login("ann", true), consent(false)).await;
        assert_eq!(reply.sent("state").as_deref(), Some("the-pushed-state"));
        assert_eq!(reply.sent("scope").as_deref(), Some("openid offline photos.read"));
        let again = world.browser().get(&begin("shop", &uri)).await;
        assert_eq!((again.target().as_str(), error(&again).as_str()), (ERROR_PAGE, "invalid_request_uri"));
    }
);

on_both!(
    async fn of_two_browsers_with_one_request_one_gets_a_code(dsn: String) {
        let world = world(&dsn, json!({})).await;
        let url = begin("shop", &pushed(&push(&world, &[]).await));
        let (mut one, mut other) = (world.browser(), world.browser());
        let first = one.log_in(&url, login("ann", false)).await;
        let second = other.log_in(&url, login("eve", false)).await;
        let first = world.accept("consent", &first, consent(false)).await;
        let second = world.accept("consent", &second, consent(false)).await;
        assert!(one.get(&first).await.sent("code").is_some());
        assert_eq!(error(&other.get(&second).await), "access_denied");
    }
);

on_both!(
    async fn it_belongs_to_its_client_and_its_time(dsn: String) {
        let world = world(&dsn, json!({})).await;
        world.client("bank", json!({})).await;
        let uri = pushed(&push(&world, &[]).await);
        // RFC 9126 4: "bound to the client that posted the authorization request".
        assert_eq!(error(&world.browser().get(&begin("bank", &uri)).await), "invalid_request_uri");
        let mut browser = world.browser();
        let challenge = browser.start(&begin("shop", &uri)).await;
        world.clock.advance(Duration::seconds(60));
        assert_eq!(error(&world.browser().get(&begin("shop", &uri)).await), "invalid_request_uri");
        // Who began in time may take his time.
        world.clock.advance(Duration::minutes(20));
        let next = world.accept("login", &challenge, login("ann", false)).await;
        let reply = browser.get(&next).await;
        let next = world.accept("consent", &reply.sent("consent_challenge").unwrap(), consent(false)).await;
        assert!(browser.get(&next).await.sent("code").is_some());
        for strange in ["urn:ietf:params:oauth:request_uri:r.unknown", "urn:ietf:params:oauth:request_uri:"] {
            assert_eq!(error(&world.browser().get(&begin("shop", strange)).await), "invalid_request_uri");
        }
    }
);

on_both!(
    async fn a_push_is_checked_like_any_request_and_by_its_client(dsn: String) {
        let world = world(&dsn, json!({})).await;
        for (changes, expected) in [
            (vec!["scope=openid admin"], "invalid_scope"),
            (vec!["redirect_uri=https://evil.test/"], "invalid_request"),
            (vec!["response_type=token"], "unsupported_response_type"),
            (vec!["state=short"], "invalid_state"),
            (vec!["code_challenge_method=plain"], "invalid_request"),
            // RFC 9126 2.1: "The request_uri authorization request parameter [..] MUST NOT be provided".
            (vec!["request_uri=https://shop.test/r"], "invalid_request"),
        ] {
            let reply = push(&world, &changes).await;
            assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some(expected)), "{changes:?}");
        }
        let unproven = push_raw(&world, &params(&[])).await;
        assert_eq!((unproven.status, unproven.json()["error"].as_str()), (401, Some("invalid_client")));
        assert_eq!(read(world.public(Method::GET, "/oauth2/par")).await.status, 405);
        world.client("app", json!({})).await;
        let uri = pushed(&push_raw(&world, &params(&["client_id=app"])).await);
        let reply = world.browser().authorize(&begin("app", &uri), login("ann", false), consent(false)).await;
        assert!(reply.sent("code").is_some());
    }
);

on_both!(
    async fn a_client_may_demand_to_push(dsn: String) {
        let world = world(&dsn, json!({ "require_pushed_authorization_requests": true })).await;
        let reply = world.browser().get(&request(&[])).await;
        assert_eq!((reply.target().as_str(), error(&reply).as_str()), (CALLBACK, "invalid_request"));
        let url = begin("shop", &pushed(&push(&world, &[]).await));
        let mut browser = world.browser();
        let reply = browser.authorize(&url, login("ann", true), consent(false)).await;
        assert!(reply.sent("code").is_some());
        // Another person at the login page begins anew, and still by what was pushed.
        let challenge = browser.start(&begin("shop", &pushed(&push(&world, &[]).await))).await;
        let next = world.accept("login", &challenge, login("bob", true)).await;
        let reply = browser.authorize(&next, login("bob", true), consent(false)).await;
        assert!(reply.sent("code").is_some(), "{reply:?}");
    }
);

on_both!(
    async fn a_request_object_may_be_pushed(dsn: String) {
        let key = Key::new();
        let changes = json!({ "jwks": { "keys": [key.public()] }, "require_signed_request_object": true });
        let world = world(&dsn, changes).await;
        let object = key.sign(&claims(&world, &json!({})));
        let form = |object: &str| {
            [("client_id", "shop"), ("client_secret", SECRET), ("request", object), ("scope", "openid photos.read")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let uri = pushed(&push_raw(&world, &form(&object)).await);
        let reply = world.browser().authorize(&begin("shop", &uri), login("ann", false), consent(false)).await;
        assert_eq!(reply.sent("state").as_deref(), Some("the-objects-state"));
        assert_eq!(reply.sent("scope").as_deref(), Some("openid offline photos.read"));
        let reply = push_raw(&world, &form(&Key::new().sign(&claims(&world, &json!({}))))).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some("invalid_request_object")));
        assert_eq!(push(&world, &[]).await.json()["error"], "invalid_request");
    }
);

on_both!(
    async fn a_code_is_bound_to_the_key_its_request_named(dsn: String) {
        let world = world(&dsn, json!({})).await;
        // The thumbprint of RFC 7638 3.1.
        let jkt = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let uri = pushed(&push(&world, &[&format!("dpop_jkt={jkt}")]).await);
        let reply = world.browser().authorize(&begin("shop", &uri), login("ann", false), consent(false)).await;
        let code = reply.sent("code").unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "shop"),
            ("client_secret", SECRET),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        // RFC 9449 10: without the key the code is worth nothing.
        let reply = world.token(&form).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some("invalid_grant")), "{reply:?}");
        for wrong in ["dpop_jkt=short", "dpop_jkt=a.b"] {
            assert_eq!(push(&world, &[wrong]).await.json()["error"], "invalid_request");
        }
    }
);

on_both!(
    async fn a_profile_makes_every_client_push(dsn: String) {
        let world = World::with(&dsn, json!({ "oauth2": { "profile": "fapi2" } })).await;
        let more = json!({ "response_types": ["code", "token"], "grant_types": ["authorization_code", "implicit"] });
        world.client("shop", more).await;
        let reply = world.browser().get(&request(&[])).await;
        assert_eq!((reply.target().as_str(), error(&reply).as_str()), (CALLBACK, "invalid_request"));
        let document = read(world.public(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(document["require_pushed_authorization_requests"], true);
        assert!(!document["response_types_supported"].as_array().unwrap().contains(&json!("token")));
    }
);
