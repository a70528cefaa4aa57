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
            Some(value) if *name == "updated_at" => {
                claims.extend(instant(value).map(|at| ((*name).to_owned(), json!(at))));
            }
            Some(value) if *name == "locale" => {
                claims.extend(locale(value).map(|it| ((*name).to_owned(), json!(it))));
            }
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

/// Whether a name has its meaning here.
pub(super) fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Seconds since 1970 (OpenID Connect Core, 5.1). Some write the date.
fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp()),
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second does not count")]
        number => number.as_i64().or_else(|| number.as_f64().map(|at| at as i64)),
    }
}

/// A language tag. LinkedIn writes its parts.
fn locale(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        parts => {
            let part = |name: &str| parts.get(name).and_then(Value::as_str).filter(|part| !part.is_empty());
            match (part("language"), part("country")) {
                (Some(language), Some(country)) => Some(format!("{language}-{country}")),
                (one, other) => one.or(other).map(str::to_owned),
            }
        }
    }
}

/// Some write truth as a text. What is neither is not true.
pub(super) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    }
}
