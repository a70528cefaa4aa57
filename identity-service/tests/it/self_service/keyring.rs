//! People with passkeys and security keys.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    authenticator::{Authenticator, DOMAIN, ORIGIN, options},
    world::{Browser, World, parts},
};

/// A schema whose address signs in by everything there is.
fn schema() -> Value {
    let schema = json!({"$id": "https://example.org/keys.json", "type": "object", "properties": {"traits": {
    "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
        "email": {"type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}, "webauthn": {"identifier": true},
                "passkey": {"display_name": true}}}}
    }}}});
    json!({"default_schema_id": "keys",
        "schemas": [{"id": "keys", "url": format!("base64://{}", STANDARD.encode(schema.to_string()))}]})
}

/// What switches keys on; security keys as second factors.
pub(crate) fn config() -> Value {
    let rp = json!({"id": DOMAIN, "display_name": "Example & Co", "origins": [ORIGIN]});
    let session = json!({"hooks": [{"hook": "session"}]});
    json!({
        "identity": schema(),
        "selfservice": {
            "methods": {
                "passkey": {"enabled": true, "config": {"rp": rp}},
                "webauthn": {"enabled": true, "config": {"rp": rp, "passwordless": false}},
            },
            "flows": {
                "registration": {"after": {"passkey": session, "webauthn": session}},
                "verification": {"enabled": false},
            },
        },
    })
}

/// The same with one more.
pub(crate) fn with(over: Value) -> Value {
    let mut config = config();
    crate::self_service::world::merged(&mut config, over);
    config
}

/// Security keys that sign in by themselves.
pub(crate) fn passwordless() -> Value {
    with(json!({"selfservice": {"methods": {"webauthn": {"config": {"passwordless": true}}}}}))
}

/// Registers with a passkey; the answer's body.
pub(crate) async fn register(browser: &Browser, authenticator: &mut Authenticator, email: &str) -> Value {
    let flow = browser.begin("/self-service/registration/browser").await;
    let made = authenticator.create(&options(&flow, "passkey_create_data")["credentialOptions"]);
    let fields = json!({"traits": {"email": email}, "passkey_register": made.to_string()});
    let (status, body) = parts(browser.submit(&flow, fields).await).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Signs in with a passkey; the answer.
pub(crate) async fn sign_in(browser: &Browser, authenticator: &mut Authenticator) -> (u16, Value) {
    let flow = browser.begin("/self-service/login/browser").await;
    let answer = authenticator.get(&options(&flow, "passkey_challenge"));
    parts(browser.submit(&flow, json!({"passkey_login": answer.to_string()})).await).await
}

/// Adds a passkey in the settings; the answer.
pub(crate) async fn add_passkey(browser: &Browser, authenticator: &mut Authenticator) -> (u16, Value) {
    let flow = browser.begin("/self-service/settings/browser").await;
    let made = authenticator.create(&options(&flow, "passkey_create_data"));
    parts(browser.submit(&flow, json!({"passkey_settings_register": made.to_string()})).await).await
}

/// Adds a security key in the settings; the answer.
pub(crate) async fn add_security_key(browser: &Browser, authenticator: &mut Authenticator) -> (u16, Value) {
    let flow = browser.begin("/self-service/settings/browser").await;
    let made = authenticator.create(&options(&flow, "webauthn_register_trigger"));
    let fields = json!({"webauthn_register": made.to_string(), "webauthn_register_displayname": "Blue key"});
    parts(browser.submit(&flow, fields).await).await
}

/// A credential as administrators see it.
pub(crate) async fn credential(world: &World, id: &Value, kind: &str) -> Value {
    let path = format!("admin/identities/{}?include_credential={kind}", id.as_str().expect("an id"));
    let url = world.admin.join(&path).unwrap();
    let body: Value = crate::world::client().get(url).send().await.unwrap().json().await.unwrap();
    body["credentials"][kind].clone()
}
