//! Doors for the programs in `fuzz/`: whatever reads bytes of strangers, without a server around it, and what must hold of
//! the result. Compiled for them alone.

#![expect(clippy::panic, reason = "a broken promise must end the program that looks for one")]

use serde_json::Value;
use url::Url;

use crate::{
    config::SchemaSource,
    flow::return_to::Allowed,
    http::extract::body::{FlowBody, MAX_PLACES},
    identity::schema::Schema,
    jsonnet,
    model::traits::Traits,
};

/// A flow's body: an object, and not much larger than what it is made of.
pub fn body(content_type: &str, bytes: &[u8]) {
    let kind = content_type.split(';').next().unwrap_or_default();
    let Ok(body) = FlowBody::of(kind, content_type, bytes) else { return };
    assert!(body.value.is_object(), "{}", body.value);
    let values = count(&body.value);
    assert!(values <= MAX_PLACES + 2 * bytes.len() + 1, "{values} values of {} bytes", bytes.len());
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// An identity schema, and traits that are held against it.
pub fn schema(text: &str, traits: &str) {
    let source = SchemaSource { id: "s".to_owned(), url: String::new(), selfservice_selectable: true };
    let Ok(schema) = Schema::compile(&source, text, false) else { return };
    let Ok(mut given) = serde_json::from_str::<Value>(traits) else { return };
    schema.coerce_form(&mut given);
    let Some(traits) = Traits::from_value(given) else { return };
    let _ = schema.validate(&traits);
    let _ = schema.check_user_write(None, &traits);
    let _ = (schema.identifiers(&traits), schema.verifiable(&traits), schema.recovery(&traits));
    let _ = (schema.webauthn_identifiers(&traits), schema.code_addresses(&traits), schema.passkey_name(&traits));
}

/// A mapper, given claims: its value is JSON.
pub fn mapper(text: &str, claims: &str) {
    if serde_json::from_str::<Value>(claims).is_err() {
        return;
    }
    if let Some(json) = jsonnet::evaluated_here(text, claims) {
        // Readers bound depth, the evaluator a larger one.
        if let Err(error) = serde_json::from_str::<Value>(&json) {
            assert!(error.to_string().contains("recursion limit"), "{error}: {json}");
        }
    }
}

/// A `return_to`: what is let through leads to one of the few places that are allowed, however a browser reads it.
pub fn return_to(candidate: &str) {
    let url = |text: &str| Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (default, public) = (url("https://app.example.org/welcome"), url("https://id.example.org/auth/"));
    let listed = [url("https://portal.example.org/in"), url("https://*.example.com/"), url("myapp://callback")];
    let allowed = Allowed { default: &default, listed: &listed, public: &public };
    let Ok(to) = allowed.check(candidate) else { return };
    let again = url(to.as_str());
    assert_eq!(again, to, "{candidate:?}");
    assert!(to.username().is_empty() && to.password().is_none(), "{candidate:?}");
    let host = to.host_str().unwrap_or_default();
    let good = match to.scheme() {
        "https" if host == "app.example.org" => to.path().starts_with("/welcome"),
        "https" if host == "portal.example.org" => to.path().starts_with("/in"),
        "https" if host == "id.example.org" => to.path().starts_with("/auth/self-service"),
        "https" => host.ends_with(".example.com") && to.port().is_none(),
        // Hosts are compared without case, whatever their scheme (RFC 3986 3.2.2).
        scheme => scheme == "myapp" && host.eq_ignore_ascii_case("callback"),
    };
    assert!(good, "{candidate:?} leads to {to}");
}
