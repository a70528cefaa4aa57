//! People with everything they can sign in with, and what they do with it.

use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use serde_json::{Value, json};

use super::world::{Browser, PASSWORD, World, node, parts};

/// A schema of people who are reached by mail and phone.
pub(crate) fn schema() -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let schema = json!({"$id": "https://example.org/reachable.json", "type": "object", "properties": {"traits": {
    "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
        "email": {"type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}, "code": {"identifier": true, "via": "email"},
                "totp": {"account_name": true}},
            "verification": {"via": "email"}, "recovery": {"via": "email"}}},
        "backup": {"type": "string", "format": "email", "title": "Another e-mail", "ory.sh/kratos": {
            "verification": {"via": "email"}, "recovery": {"via": "email"}}},
        "name": {"type": "string", "title": "Name", "minLength": 2},
        "role": {"type": "string", "portico": {"write": "admin"}}
    }}}});
    json!({"default_schema_id": "reachable",
        "schemas": [{"id": "reachable", "url": format!("base64://{}", STANDARD.encode(schema.to_string()))}]})
}

/// What switches every method of these tests on.
pub(crate) fn everything() -> Value {
    json!({
        "identity": schema(),
        "selfservice": {
            "methods": {
                "totp": {"enabled": true, "config": {"issuer": "Example & Co"}},
                "lookup_secret": {"enabled": true},
                "code": {"enabled": true, "passwordless_enabled": true},
            },
            "flows": {
                "recovery": {"enabled": true},
                "verification": {"enabled": false},
                "registration": {"after": {"code": {"hooks": [{"hook": "session"}]}}},
            },
        },
    })
}

/// Both laid over another, the second winning.
pub(crate) fn with(over: Value) -> Value {
    let mut config = everything();
    crate::self_service::world::merged(&mut config, over);
    config
}

/// The code an authenticator app shows for a secret at the world's present.
pub(crate) fn app_code(world: &World, secret: &str) -> String {
    let key = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let counter = u64::try_from(shared_types::time::Clock::now(&world.clock).timestamp() / 30).unwrap();
    let key = PKey::hmac(&key).unwrap();
    let digest = Signer::new(MessageDigest::sha1(), &key).unwrap().sign_oneshot_to_vec(&counter.to_be_bytes()).unwrap();
    let at = usize::from(digest[19] & 0xf);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Sets an authenticator app up; its secret.
pub(crate) async fn add_app(world: &World, browser: &Browser) -> String {
    let flow = browser.begin("/self-service/settings/browser").await;
    let secret = text_of(&flow, "totp_secret_key");
    let fields = json!({"method": "totp", "totp_code": app_code(world, &secret)});
    let (status, body) = parts(browser.submit(&flow, fields).await).await;
    assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
    // The same code is taken once.
    world.clock.advance(chrono::Duration::seconds(30));
    secret
}

/// Makes backup codes; all of them.
pub(crate) async fn add_backup_codes(browser: &Browser) -> Vec<String> {
    let flow = browser.begin("/self-service/settings/browser").await;
    let fields = json!({"method": "lookup_secret", "lookup_secret_regenerate": true});
    let (status, flow) = parts(browser.submit(&flow, fields).await).await;
    assert_eq!(status, 200, "{flow}");
    let codes = secrets_of(&flow);
    let fields = json!({"method": "lookup_secret", "lookup_secret_confirm": true});
    let (status, body) = parts(browser.submit(&flow, fields).await).await;
    assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
    codes
}

/// The secret a text node shows.
pub(crate) fn text_of(flow: &Value, id: &str) -> String {
    by_id(flow, id)["attributes"]["text"]["context"]["secret"].as_str().expect("a secret").to_owned()
}

/// The backup codes a form shows.
pub(crate) fn secrets_of(flow: &Value) -> Vec<String> {
    let shown = &by_id(flow, "lookup_secret_codes")["attributes"]["text"]["context"]["secrets"];
    let secret = |message: &Value| message["context"]["secret"].as_str().map(str::to_owned);
    shown.as_array().expect("codes").iter().filter_map(secret).collect()
}

/// The node with that id, of those that are no inputs.
pub(crate) fn by_id<'a>(flow: &'a Value, id: &str) -> &'a Value {
    let nodes = flow["ui"]["nodes"].as_array().expect("nodes");
    nodes.iter().find(|node| node["attributes"]["id"] == id).unwrap_or(&Value::Null)
}

/// Whether a form has an input or button of that name.
pub(crate) fn has(flow: &Value, name: &str) -> bool {
    !node(flow, name).is_null()
}

/// Signs in by password; the answer.
pub(crate) async fn sign_in(browser: &Browser, email: &str) -> (u16, Value) {
    let flow = browser.begin("/self-service/login/browser").await;
    let fields = json!({"method": "password", "identifier": email, "password": PASSWORD});
    parts(browser.submit(&flow, fields).await).await
}

/// What whoami answers.
pub(crate) async fn whoami(browser: &Browser) -> (u16, Value) {
    parts(browser.get("/sessions/whoami").await).await
}
