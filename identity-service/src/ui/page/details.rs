//! Authorization details (RFC 9396) and single claims (OpenID Connect Core §5.5) in words. What a detail means only its
//! type knows, so every member is shown, whatever it is called.

use serde_json::{Map, Value};

use super::{Fact, Stage, in_words};
use crate::ui::{render::words, words::Words};

/// One thing that is to be allowed in detail.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    /// Its place in the request; what the form sends back.
    pub(super) place: usize,
    /// What kind of thing it is.
    pub(super) title: String,
    /// All that is said of it.
    pub(super) facts: Vec<Fact>,
}

impl Detail {
    /// All details of a request.
    pub(super) fn all(stage: &Stage<'_>, details: &[Value]) -> Vec<Self> {
        let detail = |(place, detail): (usize, &Value)| Self::of(stage, place, detail);
        details.iter().enumerate().map(detail).collect()
    }

    fn of(stage: &Stage<'_>, place: usize, detail: &Value) -> Self {
        let kind = detail.get("type").and_then(Value::as_str).unwrap_or_default();
        let title = stage.described(kind).unwrap_or_else(|| kind_in_words(kind));
        let none = Map::new();
        let members = detail.as_object().unwrap_or(&none).iter().filter(|(name, _)| *name != "type");
        let fact = |(name, value): (&String, &Value)| {
            Fact::new(&member_in_words(stage.words, name), readable(value, stage.words))
        };
        Self { place, title, facts: members.map(fact).collect() }
    }
}

/// The single claims a client asks for, if tokens of these scopes will say them.
pub(super) fn claims_asked(
    stage: &Stage<'_>,
    asked: Option<&Map<String, Value>>,
    given: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let places = asked.into_iter().flat_map(|asked| ["id_token", "userinfo"].map(|place| asked.get(place)));
    for name in places.flatten().filter_map(Value::as_object).flat_map(Map::keys) {
        let text = super::consent::claim_words(stage, name);
        if given(name) && !names.contains(&text) {
            names.push(text);
        }
    }
    names
}

/// A type is a word, or an address (RFC 9396 §2): an address is not spelled anew.
fn kind_in_words(kind: &str) -> String {
    if kind.contains([':', '/', '.']) { kind.to_owned() } else { parted(kind) }
}

/// The members all types have in common (RFC 9396 §2.2), and others by their names.
fn member_in_words(said: &Words, name: &str) -> String {
    match name {
        "locations" => said.say("detail.locations"),
        "actions" => said.say("detail.actions"),
        "datatypes" => said.say("detail.datatypes"),
        "identifier" => said.say("detail.identifier"),
        "privileges" => said.say("detail.privileges"),
        other => parted(other),
    }
}

/// `instructedAmount` and `instructed_amount` are both two words.
fn parted(name: &str) -> String {
    let mut apart = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if small && c.is_uppercase() {
            apart.push(' ');
            apart.extend(c.to_lowercase());
        } else {
            apart.push(c);
        }
        small = c.is_lowercase() || c.is_ascii_digit();
    }
    words(&apart)
}

/// A value with nothing of it left out.
fn readable(value: &Value, said: &Words) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Array(items) => {
            // Items with parts of their own are told apart.
            let between = if items.iter().any(Value::is_object) { "; " } else { ", " };
            items.iter().map(|item| readable(item, said)).collect::<Vec<_>>().join(between)
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => format!("{} ({})", parted(name), readable(value, said)),
                _ => format!("{}: {}", parted(name), readable(value, said)),
            };
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
        value => in_words(value, said),
    }
}

#[cfg(test)]
mod tests;
