//! `courier.templates`: an operator's own texts, each behind a URL or written in place.

use serde_json::Value;

use super::super::read::Reader;

/// A text that replaces one of ours.
#[derive(Debug, Clone)]
pub(crate) struct OwnText {
    /// Where it stands in the configuration.
    pub(crate) path: String,
    /// Which text it replaces, such as `recovery_code.valid.email.subject`.
    pub(crate) place: String,
    /// The text, or its URL.
    pub(crate) value: String,
    /// Whether it is the text.
    pub(crate) is_inline: bool,
}

const ROOT: &str = "courier.templates";
/// The messages with two variants, and whether the second exists.
const PAIRS: &[(&str, bool)] = &[
    ("recovery", true),
    ("recovery_code", true),
    ("verification", true),
    ("verification_code", true),
    ("login_code", false),
    ("registration_code", false),
];
const NOTICES: &[&str] = &["verifiable_address_changed", "authenticator_key_added"];
const MAIL: &[&str] = &["email.subject", "email.body.html", "email.body.plaintext"];
const SMS: &str = "sms.body.plaintext";

/// Reads the section; names that mean nothing are problems.
pub(super) fn read(r: &Reader<'_>) -> Vec<OwnText> {
    let mut set = Vec::new();
    if let Some(value) = r.get(ROOT) {
        leaves(value, String::new(), &mut set);
    }
    let known = places();
    let mut texts = Vec::new();
    for place in set {
        let path = format!("{ROOT}.{place}");
        if !known.contains(&place) {
            r.problem(&path, "there is no such text");
            continue;
        }
        let Some(value) = r.text(&path) else { continue };
        let is_inline = !is_url(&value);
        if is_inline && !value.contains("{{") && !value.contains(char::is_whitespace) {
            r.problem(&path, "must be a text, or start with file://, http://, https:// or base64://");
            continue;
        }
        texts.push(OwnText { path, place, value, is_inline });
    }
    texts
}

/// Every place a text can stand at.
fn places() -> Vec<String> {
    let mut places = Vec::new();
    for (name, has_invalid) in PAIRS {
        places.extend(MAIL.iter().map(|part| format!("{name}.valid.{part}")));
        // Links go by e-mail alone; accepted for both, as the reference schema does, and never sent.
        places.push(format!("{name}.valid.{SMS}"));
        if *has_invalid {
            places.extend(MAIL.iter().map(|part| format!("{name}.invalid.{part}")));
        }
    }
    for name in NOTICES {
        places.extend(MAIL.iter().map(|part| format!("{name}.{part}")));
        places.push(format!("{name}.{SMS}"));
    }
    places
}

/// The dotted paths of everything that is no object.
fn leaves(value: &Value, path: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(value, below, into);
            }
        }
        Value::Null => {}
        _ => into.push(path),
    }
}

fn is_url(text: &str) -> bool {
    ["file://", "http://", "https://", "base64://"].iter().any(|scheme| text.starts_with(scheme))
}
