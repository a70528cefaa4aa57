//! Tokens by the browser: the implicit and the hybrid flow (RFC 6749 4.2; OpenID Connect Core 3.2, 3.3; contract 4.3, 4.4).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;
use url::{Url, form_urlencoded};

use super::world::{CALLBACK, ISSUER, Reply, World, consent, login, read, request};
use crate::oauth2::token::part;

const TYPES: [&str; 7] =
    ["code", "code id_token", "id_token", "token id_token", "token", "code token", "token id_token code"];

async fn world(dsn: &str) -> World {
    let world = World::start(dsn).await;
    let changes = json!({
        "response_types": TYPES,
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "implicit_grant_access_token_lifespan": "2m",
        "implicit_grant_id_token_lifespan": "3m",
    });
    world.client("shop", changes).await;
    world
}

/// The parameters in the fragment of a redirect.
pub(crate) fn fragment(reply: &Reply) -> Value {
    let location: Url = reply.location();
    let text = location.fragment().unwrap_or_else(|| panic!("no fragment: {location}")).to_owned();
    let pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
    Value::Object(pairs.map(|(name, value)| (name, json!(value))).collect())
}

fn half(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&openssl::sha::sha256(text.as_bytes())[..16])
}

on_both!(
    async fn each_response_type_answers_with_what_it_names(dsn: String) {
        let world = world(&dsn).await;
        for kind in TYPES.into_iter().filter(|kind| *kind != "code") {
            let url = request(&[&format!("response_type={kind}")]);
            let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
            assert_eq!((reply.status, reply.target().split('#').next()), (303, Some(CALLBACK)), "{kind}: {reply:?}");
            assert_eq!(reply.location().query(), None);
            let got = fragment(&reply);
            assert_eq!((&got["state"], &got["iss"]), (&json!("a-state-of-some-length"), &json!(ISSUER)));
            // RFC 6749 4.2.2: "The authorization server MUST NOT issue a refresh token."
            assert!(got.get("refresh_token").is_none());
            let has = |word: &str| kind.split(' ').any(|known| known == word);
            assert_eq!(got["code"].is_string(), has("code"), "{kind}");
            assert_eq!(got["access_token"].is_string(), has("token"), "{kind}");
            assert_eq!(got["id_token"].is_string(), has("id_token"), "{kind}");
            if has("token") {
                assert_eq!((&got["token_type"], &got["expires_in"]), (&json!("bearer"), &json!("120")));
                assert_eq!(got["scope"], "openid offline photos.read");
                let told = world.introspect(got["access_token"].as_str().unwrap()).await;
                assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!("ann")));
                assert_eq!(told["ext"]["role"], "buyer");
                let person = world.public(Method::GET, "/userinfo").bearer_auth(got["access_token"].as_str().unwrap());
                assert_eq!(read(person).await.json()["sub"], "ann");
            }
            if has("id_token") {
                let claims = part(got["id_token"].as_str().unwrap(), 1);
                assert_eq!((&claims["nonce"], &claims["sub"]), (&json!("a-nonce-of-some-length"), &json!("ann")));
                assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 180);
                // OpenID Connect Core 3.2.2.9 and 3.3.2.11: at_hash and c_hash tie what stands beside to the ID token.
                assert_eq!(claims["at_hash"].as_str(), got["access_token"].as_str().map(half).as_deref(), "{kind}");
                assert_eq!(claims["c_hash"].as_str(), got["code"].as_str().map(half).as_deref(), "{kind}");
            }
            if has("code") {
                let tokens = world.redeem("shop", got["code"].as_str().unwrap()).await;
                assert!(tokens["refresh_token"].is_string());
            }
        }
    }
);

on_both!(
    async fn a_form_carries_tokens_and_the_query_never(dsn: String) {
        let world = world(&dsn).await;
        let url = request(&["response_type=id_token token", "response_mode=form_post"]);
        let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("name=\"id_token\"") && reply.body.contains("name=\"access_token\""));
        // Multiple Response Types 5: "clients MUST NOT use the query"; told where such a client looks.
        for mode in ["query", "query.jwt"] {
            let reply =
                world.browser().get(&request(&["response_type=id_token", &format!("response_mode={mode}")])).await;
            assert_eq!(reply.status, 303, "{reply:?}");
            let told = fragment(&reply);
            assert!(told["error"] == "unsupported_response_mode" || told["response"].is_string(), "{told}");
        }
    }
);

on_both!(
    async fn what_is_missing_is_told_in_the_fragment(dsn: String) {
        let world = world(&dsn).await;
        for (changes, error) in [
            (vec!["response_type=id_token", "nonce"], "invalid_request"),
            (vec!["response_type=id_token token", "nonce=short"], "insufficient_entropy"),
            (vec!["response_type=code id_token", "scope=photos.read"], "unsupported_response_type"),
            (vec!["response_type=id_token", "prompt=none"], "login_required"),
            (vec!["response_type=code token", "code_challenge", "code_challenge_method"], "invalid_request"),
        ] {
            let reply = world.browser().get(&request(&changes)).await;
            assert_eq!(fragment(&reply)["error"], error, "{changes:?}");
        }
        // The consent page leaves the scope out that an ID token needs.
        let url = request(&["response_type=id_token"]);
        let bare = json!({ "grant_scope": ["photos.read"] });
        let reply = world.browser().authorize(&url, login("ann", false), bare).await;
        assert_eq!(fragment(&reply)["error"], "unsupported_response_type");
    }
);

on_both!(
    async fn a_client_that_did_not_register_gets_no_tokens_by_the_browser(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "response_types": ["code", "code id_token"] })).await;
        let mut browser = world.browser();
        for (kind, error) in [("token", "unsupported_response_type"), ("id_token token", "unsupported_response_type")] {
            let reply = browser.get(&request(&[&format!("response_type={kind}")])).await;
            assert_eq!(fragment(&reply)["error"], error);
        }
        // Registered and without the grant: a code with an ID token needs no more than the code's.
        let url = request(&["response_type=code id_token"]);
        let reply = browser.authorize(&url, login("ann", false), consent(false)).await;
        assert!(fragment(&reply)["id_token"].is_string());
        world.client("bare", json!({ "response_types": ["token"], "grant_types": ["authorization_code"] })).await;
        let reply = browser.get(&request(&["client_id=bare", "response_type=token"])).await;
        assert_eq!(fragment(&reply)["error"], "unauthorized_client");
        let bound = json!({
            "response_types": ["token"], "grant_types": ["implicit"], "dpop_bound_access_tokens": true,
        });
        world.client("bound", bound).await;
        let reply = browser.get(&request(&["client_id=bound", "response_type=token"])).await;
        assert_eq!(fragment(&reply)["error"], "unsupported_response_type");
    }
);

on_both!(
    async fn one_consent_gives_one_set_of_tokens_and_its_revocation_ends_them(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let url = request(&["response_type=code token"]);
        let challenge = browser.log_in(&url, login("ann", false)).await;
        let next = world.accept("consent", &challenge, consent(false)).await;
        let got = fragment(&browser.get(&next).await);
        assert_eq!(fragment(&browser.get(&next).await)["error"], "access_denied");
        let token = got["access_token"].as_str().unwrap().to_owned();
        let path = "/admin/oauth2/auth/sessions/consent?subject=ann&client=shop";
        assert_eq!(world.admin(Method::DELETE, path, None).await.status, 204);
        assert_eq!(world.introspect(&token).await, json!({ "active": false }));
        assert_eq!(world.exchange("shop", got["code"].as_str().unwrap()).await.status, 400);
    }
);

on_both!(
    async fn a_token_by_the_browser_ends_when_registered(dsn: String) {
        let world = world(&dsn).await;
        let url = request(&["response_type=token"]);
        let reply = world.browser().authorize(&url, login("ann", false), consent(false)).await;
        let token = fragment(&reply)["access_token"].as_str().unwrap().to_owned();
        world.clock.advance(Duration::seconds(119));
        assert_eq!(world.introspect(&token).await["active"], true);
        world.clock.advance(Duration::seconds(1));
        assert_eq!(world.introspect(&token).await["active"], false);
    }
);
