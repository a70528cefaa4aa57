//! What must hold whatever is submitted: nobody gives himself a role, and nobody is signed in without a proof.

use proptest::{
    prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use shared_types::on_both;

use super::{
    people::{add_app, add_backup_codes, everything, sign_in, whoami},
    world::{Browser, PASSWORD, World, parts},
};

const EMAIL: &str = "anna@example.org";

/// Draws so many values; the same ones in each run.
fn draw<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    proptest::sample::select(words).prop_map(|word| json!(word)).boxed()
}

/// A role somebody might wish for, in every shape a body can have.
fn wish() -> BoxedStrategy<Value> {
    let value = prop_oneof![
        word(&["owner", "buyer", "", "admin"]),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        Just(json!(["owner"])),
        Just(json!({"": "owner"})),
        any::<i32>().prop_map(Value::from),
    ];
    let name = proptest::sample::select(vec!["role", "Role", "role.0", "role.", ".role", "role ", "ro\u{200b}le"]);
    let method = word(&["profile", "password", "totp", "lookup_secret", "code", "oidc", ""]);
    (name, value, method, any::<[bool; 4]>())
        .prop_map(|(name, value, method, [nested, dotted, top, payload])| {
            let mut body = Map::new();
            body.insert("method".to_owned(), method);
            let mut traits = Map::from_iter([("email".to_owned(), json!(EMAIL))]);
            if nested {
                traits.insert(name.to_owned(), value.clone());
            }
            body.insert("traits".to_owned(), Value::Object(traits));
            if dotted {
                body.insert(format!("traits.{name}"), value.clone());
            }
            if top {
                body.insert("identity".to_owned(), json!({"traits": {"role": value}}));
                body.insert("metadata_public".to_owned(), json!({"role": value}));
            }
            if payload {
                body.insert("transient_payload".to_owned(), json!({"traits": {"role": value}}));
            }
            Value::Object(body)
        })
        .boxed()
}

fn flattened(body: &Value) -> Vec<(String, String)> {
    fn walk(path: String, value: &Value, out: &mut Vec<(String, String)>) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| walk(below(name), value, out)),
            Value::Array(items) => {
                for (at, value) in items.iter().enumerate() {
                    walk(below(&at.to_string()), value, out);
                }
            }
            Value::String(text) => out.push((path, text.clone())),
            other => out.push((path, other.to_string())),
        }
    }
    let mut out = Vec::new();
    walk(String::new(), body, &mut out);
    out
}

on_both! {
    async fn nobody_gives_himself_a_role(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.create_with("reachable", json!({"email": EMAIL, "role": "buyer"})).await;
        let browser = world.browser();
        assert_eq!(sign_in(&browser, EMAIL).await.0, 200);
        for (number, body) in draw(&wish(), 120).into_iter().enumerate() {
            let flow = browser.begin("/self-service/settings/browser").await;
            let status = if number % 2 == 0 {
                browser.submit(&flow, body.clone()).await.status()
            } else {
                let form = flattened(&body);
                let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                browser.submit_form(&flow, &form).await.status()
            };
            assert!(status.as_u16() < 500, "{status} {body}");
            let traits = &whoami(&browser).await.1["identity"]["traits"];
            assert_eq!(traits["role"], "buyer", "{body}");
        }
        for (number, body) in draw(&wish(), 60).into_iter().enumerate() {
            let (newcomer, email) = (world.browser(), format!("person{number}@example.org"));
            let flow = newcomer.begin("/self-service/registration/browser").await;
            let mut body = body;
            body["method"] = json!("password");
            body["password"] = json!(PASSWORD);
            body["traits"]["email"] = json!(email);
            let (status, answer) = parts(newcomer.submit(&flow, body.clone()).await).await;
            assert!(status < 500, "{status} {answer}");
            assert!(answer["identity"]["traits"].get("role").is_none(), "{body} {answer}");
        }
        world.stop().await;
    }
}

/// A submission of somebody who can prove nothing.
fn guess() -> BoxedStrategy<(Value, bool)> {
    let method =
        word(&["password", "code", "link", "totp", "lookup_secret", "profile", "identifier_first", "oidc", ""]);
    let identifier = word(&[EMAIL, "ANNA@EXAMPLE.ORG", "anna@example.org ", "nobody@example.org", ""]);
    let secret = word(&["000000", "", "aaaaaaaa", "a quiet green lam", "null", "[]"]);
    let name = proptest::sample::select(vec![
        "password",
        "code",
        "totp_code",
        "lookup_secret",
        "token",
        "resend",
        "address",
        "screen",
        "recovery_address",
        "recovery_confirm_address",
        "lookup_secret_confirm",
        "lookup_secret_regenerate",
        "totp_unlink",
        "traits",
    ]);
    (method, identifier, proptest::collection::vec((name, secret), 0..4), any::<bool>())
        .prop_map(|(method, identifier, secrets, same)| {
            let mut body = json!({"method": method, "identifier": identifier, "email": identifier});
            for (name, secret) in secrets {
                body[name] = secret;
            }
            (body, same)
        })
        .boxed()
}

/// Submits guesses, each to the same flow as the one before or to a new one; nobody may be signed in by them.
async fn guessing(browser: &Browser, begin: &[&str], count: usize, expected: u16) {
    let mut flow = browser.begin(begin[0]).await;
    for (number, (body, same)) in draw(&guess(), count).into_iter().enumerate() {
        if !same {
            flow = browser.begin(begin[number % begin.len()]).await;
        }
        let (status, answer) = parts(browser.submit(&flow, body.clone()).await).await;
        assert!(status < 500, "{status} {body} {answer}");
        assert!(answer.get("session").is_none() && answer.get("session_token").is_none(), "{body} {answer}");
        assert_eq!(whoami(browser).await.0, expected, "{body}");
        if answer["ui"].is_object() {
            flow = answer;
        }
    }
}

on_both! {
    async fn nobody_is_signed_in_without_a_proof(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        let owner = world.browser();
        owner.register(EMAIL).await;
        add_app(&world, &owner).await;
        add_backup_codes(&owner).await;
        let stranger = world.browser();
        let begin = ["/self-service/login/browser", "/self-service/recovery/browser"];
        guessing(&stranger, &begin, 150, 401).await;
        world.clock.advance(chrono::Duration::hours(2));
        // Who knows the password alone is not where the second factor leads, and changes nothing.
        let half = world.browser();
        assert_eq!(sign_in(&half, EMAIL).await.0, 422);
        guessing(&half, &["/self-service/login/browser?aal=aal2"], 100, 403).await;
        world.stop().await;
    }
}

on_both! {
    async fn identifiers_that_look_alike_are_one(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register(EMAIL).await;
        for alike in ["ANNA@example.org", " anna@example.org ", "\u{ff41}nna@example.org", "anna@EXAMPLE.org"] {
            let browser = world.browser();
            let flow = browser.begin("/self-service/registration/browser").await;
            let fields = json!({"method": "password", "traits": {"email": alike}, "password": PASSWORD});
            let (status, body) = parts(browser.submit(&flow, fields).await).await;
            assert_eq!(status, 400, "{alike:?} {body}");
        }
        world.stop().await;
    }
}
