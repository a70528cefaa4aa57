//! Every fault by its channel: the error page before the redirect URI is proven, the client from then on.

use serde_json::json;
use shared_types::on_both;

use super::world::{CALLBACK, World, consent, login, request};

const ERROR_PAGE: &str = "https://id.test/oauth2/fallbacks/error";

on_both!(
    async fn the_person_is_told_while_nothing_is_proven(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let cases = [
            (request(&["client_id=nobody"]), "invalid_client"),
            (request(&["client_id"]), "invalid_client"),
            (request(&["client_id=a\0b"]), "invalid_client"),
            (request(&["redirect_uri"]), "invalid_request"),
            (request(&["redirect_uri=https://evil.test/cb"]), "invalid_request"),
            (request(&["response_mode=web_message"]), "unsupported_response_mode"),
            (request(&[]) + "&state=another-state", "invalid_request"),
            (request(&[]) + "&redirect_uri=https://evil.test/", "invalid_request"),
            (request(&[]) + "&client_id=nobody", "invalid_request"),
        ];
        for (url, error) in cases {
            let reply = world.browser().get(&url).await;
            assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE), "{url}");
            assert_eq!(reply.sent("error").as_deref(), Some(error), "{url}");
            assert!(reply.sent("error_description").is_some());
            assert!(reply.sent("state").is_none());
        }
    }
);

on_both!(
    async fn the_client_is_told_once_it_is_proven(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        world.client("cc", json!({ "grant_types": ["client_credentials"] })).await;
        let cases = [
            (request(&["scope=openid admin"]), "invalid_scope"),
            (request(&["audience=https://api.test"]), "invalid_request"),
            (request(&["request=x"]), "invalid_request_object"),
            (request(&["request_uri=https://x.test"]), "invalid_request_uri"),
            (request(&["registration={}"]), "registration_not_supported"),
            (request(&["response_type"]), "unsupported_response_type"),
            (request(&["response_type=none"]), "unsupported_response_type"),
            (request(&["client_id=cc"]), "unauthorized_client"),
            (request(&["state=short"]), "invalid_state"),
            (request(&["nonce=short"]), "insufficient_entropy"),
            (request(&["code_challenge", "code_challenge_method"]), "invalid_request"),
            (request(&["code_challenge_method=plain"]), "invalid_request"),
            (request(&["prompt=none login"]), "invalid_request"),
            (request(&["prompt=none"]), "login_required"),
            (request(&["max_age=x"]), "invalid_request"),
            (request(&["login_hint=a%00"]).replace("%2500", "%00"), "invalid_request"),
            (request(&["id_token_hint=a.b.c"]), "invalid_request"),
            (request(&[]) + "&nonce=another-nonce", "invalid_request"),
            (request(&["login_verifier=x", "consent_verifier=y"]), "invalid_request"),
            (request(&["login_verifier=garbage"]), "access_denied"),
            (request(&["consent_verifier=garbage"]), "access_denied"),
        ];
        for (url, error) in cases {
            let reply = world.browser().get(&url).await;
            assert_eq!((reply.status, reply.target().as_str()), (303, CALLBACK), "{url}: {reply:?}");
            assert_eq!(reply.sent("error").as_deref(), Some(error), "{url}");
            assert_eq!(reply.sent("iss").as_deref(), Some("https://id.test/"));
            let description = reply.sent("error_description").unwrap();
            assert!(description.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{description}");
        }
    }
);

on_both!(
    async fn state_is_given_back_as_it_came(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        for state in ["a b&c=d#e%f+g", "\u{e4}\u{1f600}-unicode", &"x".repeat(128)] {
            let reply = world.browser().get(&request(&["prompt=none", &format!("state={state}")])).await;
            assert_eq!(reply.sent("state").as_deref(), Some(state));
        }
        let reply = world.browser().get(&request(&["prompt=none", "state"])).await;
        assert_eq!(reply.sent("state"), None);
        let short = world.browser().get(&request(&["state", "code_challenge", "code_challenge_method"])).await;
        assert_eq!(short.sent("error").as_deref(), Some("invalid_state"));
    }
);

on_both!(
    async fn pkce_is_asked_of_whom_it_must_be(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "token_endpoint_auth_method": "client_secret_basic" })).await;
        let url = request(&["code_challenge", "code_challenge_method"]);
        let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
        assert!(reply.sent("code").is_some());
        drop(world);
        let world = World::with(&dsn, json!({ "oauth2": { "pkce": { "enforced": true } } })).await;
        assert_eq!(world.browser().get(&url).await.sent("error").as_deref(), Some("invalid_request"));
    }
);

on_both!(
    async fn a_body_that_is_no_form_is_told_on_the_page(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let reply = world.browser().post("https://id.test/oauth2/auth", "client_id=%FF%FE&x".to_owned()).await;
        assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE));
    }
);

on_both!(
    async fn a_request_is_bounded(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let url = request(&[]);
        let (endpoint, form) = url.split_once('?').unwrap();
        for padding in ["state", "unknown"] {
            let body = format!("{form}&{padding}={}", "x".repeat(8 << 10));
            let reply = world.browser().post(endpoint, body).await;
            assert_eq!((reply.status, reply.target().as_str()), (302, ERROR_PAGE), "{padding}");
            assert_eq!(reply.sent("error").as_deref(), Some("invalid_request"));
        }
    }
);
