//! Rich authorization requests (RFC 9396).

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{CALLBACK, Reply, VERIFIER, World, consent, login, read, request};
use crate::oauth2::token::part;

async fn world(dsn: &str) -> World {
    let config = json!({ "oauth2": { "authorization_details_types": ["payment", "account"] } });
    let world = World::with(dsn, config).await;
    let types = json!({ "authorization_details_types": ["payment", "other"], "access_token_strategy": "jwt" });
    world.client("shop", types).await;
    world
}

fn payment(amount: u32) -> Value {
    json!({ "type": "payment", "actions": ["initiate"], "amount": amount })
}

fn asking(details: &Value) -> String {
    request(&[&format!("authorization_details={details}")])
}

fn granting(details: Option<Value>) -> Value {
    let mut body = consent(true);
    if let Some(details) = details {
        body["grant_authorization_details"] = details;
    }
    body
}

async fn code(world: &World, details: Option<Value>) -> Reply {
    world.browser().authorize(&asking(&json!([payment(5)])), login("ann", true), granting(details)).await
}

on_both!(
    async fn what_was_granted_is_in_every_answer(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let challenge = browser.log_in(&asking(&json!([payment(5), payment(7)])), login("ann", true)).await;
        let asked = world.page("consent", "", &challenge, json!(null)).await.json();
        assert_eq!(asked["authorization_details"], json!([payment(5), payment(7)]));
        // RFC 9396 7.1: the page may grant less, and may enrich it.
        let mut granted = payment(5);
        granted["debtor"] = json!("DE-1");
        let next = world.accept("consent", &challenge, granting(Some(json!([granted])))).await;
        let tokens = world.redeem("shop", &browser.get(&next).await.sent("code").unwrap()).await;
        // RFC 9396 7, 9.1 and 9.2: the token response, the JWT and introspection.
        assert_eq!(tokens["authorization_details"], json!([granted]));
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(part(access, 1)["authorization_details"], json!([granted]));
        assert_eq!(world.introspect(access).await["authorization_details"], json!([granted]));
        let refreshed = world.refresh("shop", tokens["refresh_token"].as_str().unwrap()).await.json();
        assert_eq!(refreshed["authorization_details"], json!([granted]));
    }
);

on_both!(
    async fn a_page_that_says_nothing_grants_nothing(dsn: String) {
        let world = world(&dsn).await;
        let tokens = world.redeem("shop", &code(&world, None).await.sent("code").unwrap()).await;
        assert_eq!(tokens.get("authorization_details"), None);
        assert_eq!(part(tokens["access_token"].as_str().unwrap(), 1).get("authorization_details"), None);
        let mut browser = world.browser();
        let challenge = browser.log_in(&asking(&json!([payment(5)])), login("ann", true)).await;
        for wrong in [json!([{ "type": "account" }]), json!([{}]), json!([1])] {
            let reply = world.page("consent", "accept", &challenge, granting(Some(wrong))).await;
            assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some("invalid_request")));
        }
    }
);

on_both!(
    async fn an_earlier_consent_covers_no_details(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        browser.authorize(&asking(&json!([payment(5)])), login("ann", true), granting(Some(json!([payment(5)])))).await;
        let challenge = browser.log_in(&asking(&json!([payment(50)])), login("ann", true)).await;
        assert_eq!(world.page("consent", "", &challenge, json!(null)).await.json()["skip"], false);
        let silent = format!("{}&prompt=none", asking(&json!([payment(50)])));
        let challenge = browser.start(&silent).await;
        let next = world.accept("login", &challenge, login("ann", true)).await;
        assert_eq!(browser.get(&next).await.sent("error").as_deref(), Some("consent_required"));
    }
);

on_both!(
    async fn unknown_types_are_refused(dsn: String) {
        let world = world(&dsn).await;
        // RFC 9396 5: "AS MUST refuse to process any unknown authorization details type".
        for details in [
            json!([{ "type": "account" }]),
            json!([{ "type": "other" }]),
            json!([payment(1), { "type": "x" }]),
            json!({}),
            json!([{ "actions": [] }]),
        ] {
            let reply = world.browser().get(&asking(&details)).await;
            assert_eq!(reply.sent("error").as_deref(), Some("invalid_authorization_details"), "{details}");
        }
    }
);

on_both!(
    async fn a_token_request_may_want_less(dsn: String) {
        let world = world(&dsn).await;
        let two = json!([{ "type": "payment", "actions": ["initiate", "cancel"], "amount": 5 }, payment(7)]);
        let granting = granting(Some(two.clone()));
        let reply = world.browser().authorize(&asking(&two), login("ann", true), granting).await;
        let code = reply.sent("code").unwrap();
        let code = code.as_str();
        let redeem = |details: &Value| {
            let mut form = vec![("grant_type", "authorization_code".to_owned()), ("code", code.to_owned())];
            form.extend([("redirect_uri", CALLBACK.to_owned()), ("code_verifier", VERIFIER.to_owned())]);
            wanting(form, details)
        };
        // RFC 9396 6.1: more than was granted is refused, and the code is not spent by it.
        for more in [json!([payment(8)]), json!([{ "type": "payment" }]), json!([{ "type": "account" }])] {
            let refused = post(&world, redeem(&more)).await;
            assert_eq!(
                (refused.status, refused.json()["error"].as_str()),
                (400, Some("invalid_authorization_details"))
            );
        }
        let less = json!([payment(5)]);
        let tokens = post(&world, redeem(&less)).await.json();
        assert_eq!(tokens["authorization_details"], less, "{tokens}");
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(part(access, 1)["authorization_details"], less);
        assert_eq!(world.introspect(access).await["authorization_details"], less);
        // The refresh token keeps what was granted (RFC 9396 6).
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let again = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh.to_owned())];
        let tokens = post(&world, wanting(again, &json!([payment(7)]))).await.json();
        assert_eq!(tokens["authorization_details"], json!([payment(7)]), "{tokens}");
        let all = world.refresh("shop", tokens["refresh_token"].as_str().unwrap()).await.json();
        assert_eq!(all["authorization_details"], two);
    }
);

on_both!(
    async fn a_client_asks_for_itself_within_its_types(dsn: String) {
        let world = world(&dsn).await;
        let robot = json!({
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
            "client_secret": "a-secret-of-length", "authorization_details_types": ["payment", "other"],
        });
        world.client("robot", robot).await;
        let ask = |details: Value| {
            let credentials = [("client_id", "robot"), ("client_secret", "a-secret-of-length")];
            let form = [("grant_type", "client_credentials"), ("authorization_details", &details.to_string())];
            read(world.public(Method::POST, "/oauth2/token").form(&[form, credentials].concat()))
        };
        let tokens = ask(json!([payment(5)])).await.json();
        assert_eq!(tokens["authorization_details"], json!([payment(5)]), "{tokens}");
        let found = world.introspect(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(found["authorization_details"], json!([payment(5)]));
        for unknown in [json!([{ "type": "account" }]), json!([{ "type": "other" }]), json!("payment")] {
            let refused = ask(unknown).await;
            assert_eq!(
                (refused.status, refused.json()["error"].as_str()),
                (400, Some("invalid_authorization_details"))
            );
        }
    }
);

type Form = Vec<(&'static str, String)>;

/// A token request of the shop's that wants these details.
fn wanting(mut form: Form, details: &Value) -> Form {
    form.extend([("client_id", "shop".to_owned()), ("authorization_details", details.to_string())]);
    form
}

async fn post(world: &World, form: Form) -> Reply {
    read(world.public(Method::POST, "/oauth2/token").form(&form)).await
}
