//! Claims in the names every mapper knows (contract §4.7), whatever provider they come from.

use serde_json::{Map, Value, json};

/// The names of a mapper's `claims`; `raw_claims` holds all others too.
const NAMES: &[&str] = &[
    "iss",
    "sub",
    "oid",
    "name",
    "given_name",
    "family_name",
    "last_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "updated_at",
    "hd",
    "team",
    "nonce",
    "nonce_supported",
    "acr",
    "amr",
];
const FLAGS: &[&str] = &["email_verified", "phone_number_verified", "nonce_supported"];

/// The claims a mapper is given; nothing when they name no subject.
pub(super) fn normal(raw: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut claims = Map::new();
    for name in NAMES {
        match raw.get(*name) {
            None | Some(Value::Null) => {}
            Some(value) if FLAGS.contains(name) => {
                claims.insert((*name).to_owned(), json!(flag(value)));
            }
            Some(value) => {
                claims.insert((*name).to_owned(), value.clone());
            }
        }
    }
    // Some count their people.
    let subject = match raw.get("sub") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return None,
    };
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        return None;
    }
    claims.insert("sub".to_owned(), json!(subject));
    claims.insert("raw_claims".to_owned(), Value::Object(raw.clone()));
    Some(claims)
}

/// OpenID Connect Core, 2, says 255 characters.
const LONGEST_SUBJECT: usize = 255;

/// Some write truth as a text. What is neither is not true.
fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    }
}
