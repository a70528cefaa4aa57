//! Traits as a form: one field for each trait of an identity schema, and back from what was filled in to traits.
//!
//! Objects become sets of fields. Lists of plain values are written one to a line, lists of a closed choice are boxes to
//! check, and what has no simpler form is written as JSON. Traits the schema does not name stay as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::{Choice, Control, Field, Set};

/// How deep a schema is followed.
const DEPTH: usize = 8;
/// A text that may be longer than this has room for several lines.
const LINE: u64 = 300;

/// What a trait is, as far as a form is concerned.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// A text; its input's type.
    Text(&'static str),
    /// A text of several lines.
    Long,
    Number,
    Boolean,
    /// One of these.
    Choice(Vec<Value>),
    /// Any of these.
    Choices(Vec<Value>),
    /// Plain values; whether they are numbers.
    Lines {
        numbers: bool,
    },
    /// Anything else.
    Json,
}

/// A trait of a schema.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trait {
    path: Vec<String>,
    label: String,
    /// What the objects it is in are called.
    within: Option<String>,
    kind: Kind,
    required: bool,
    hint: Option<String>,
}

impl Trait {
    /// The name of its field.
    fn name(&self) -> String {
        format!("traits.{}", self.path.join("."))
    }
}

/// What stands in fields, by their names.
pub(crate) type Filled = BTreeMap<String, Vec<String>>;

/// The traits of a schema, in its order: what stands beside each other in one object stays together.
pub(crate) fn of(document: &Value) -> Vec<Trait> {
    let mut walk = Walk { document, found: Vec::new() };
    if let Some(traits) = document.pointer("/properties/traits") {
        walk.object(traits, &[], None, DEPTH);
    }
    walk.found
}

struct Walk<'a> {
    document: &'a Value,
    found: Vec<Trait>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, schema: &'a Value, path: &[String], within: Option<&str>, depth: usize) {
        let schema = self.resolved(schema);
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|required| required == name))
        };
        let mut objects = Vec::new();
        for (name, property) in properties {
            let property = self.resolved(property);
            let path: Vec<String> = path.iter().chain([name]).cloned().collect();
            let label = text(property, "title").unwrap_or(name).to_owned();
            if kind_of(property) == Some("object") && property.get("properties").is_some() && depth > 0 {
                objects.push((property, path, label));
                continue;
            }
            let items = property.get("items").map(|items| self.resolved(items));
            self.found.push(Trait {
                label,
                within: within.map(str::to_owned),
                kind: kind(property, items),
                required: required(name),
                hint: hint(property),
                path,
            });
        }
        // After the plain ones, so that a set is in one piece.
        for (object, path, label) in objects {
            let label = within.map_or_else(|| label.clone(), |within| format!("{within} › {label}"));
            self.object(object, &path, Some(&label), depth - 1);
        }
    }

    /// Follows references inside the document; one that leads elsewhere, or in circles, is left as it is.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let mut at = schema;
        for _ in 0..DEPTH {
            let target = text(at, "$ref").and_then(|reference| reference.strip_prefix('#'));
            let Some(found) = target.and_then(|pointer| self.document.pointer(pointer)) else { break };
            at = found;
        }
        at
    }
}

fn text<'a>(schema: &'a Value, key: &str) -> Option<&'a str> {
    schema.get(key).and_then(Value::as_str)
}

fn kind_of(schema: &Value) -> Option<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => Some(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ if schema.get("properties").is_some() => Some("object"),
        _ => None,
    }
}

fn choices(schema: &Value) -> Option<Vec<Value>> {
    let values = schema.get("enum")?.as_array()?;
    values.iter().all(|value| !value.is_object() && !value.is_array()).then(|| values.clone())
}

fn kind(schema: &Value, items: Option<&Value>) -> Kind {
    if let Some(values) = choices(schema) {
        return Kind::Choice(values);
    }
    let long = schema.get("maxLength").and_then(Value::as_u64).is_some_and(|most| most > LINE);
    match (kind_of(schema), text(schema, "format")) {
        (Some("string"), Some("email")) => Kind::Text("email"),
        (Some("string"), Some("tel")) => Kind::Text("tel"),
        (Some("string"), Some("date")) => Kind::Text("date"),
        (Some("string"), None) if long => Kind::Long,
        (Some("string"), _) => Kind::Text("text"),
        (Some("number" | "integer"), _) => Kind::Number,
        (Some("boolean"), _) => Kind::Boolean,
        (Some("array"), _) => match items {
            Some(items) if choices(items).is_some() => Kind::Choices(choices(items).unwrap_or_default()),
            Some(items) if kind_of(items) == Some("string") => Kind::Lines { numbers: false },
            Some(items) if matches!(kind_of(items), Some("number" | "integer")) => Kind::Lines { numbers: true },
            _ => Kind::Json,
        },
        _ => Kind::Json,
    }
}

fn hint(schema: &Value) -> Option<String> {
    let reserved = schema.pointer("/portico/write").and_then(Value::as_str) == Some("admin");
    let said = text(schema, "description").map(str::to_owned);
    let own = match text(schema, "format") {
        Some("date-time") => Some("As 2026-01-31T12:00:00Z.".to_owned()),
        _ => None,
    };
    let reserved = reserved.then(|| "Its owner cannot change it.".to_owned());
    let parts: Vec<String> = said.into_iter().chain(own).chain(reserved).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A plain value as it stands in a field.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

/// What stands in the fields of an identity's traits.
pub(crate) fn filled(traits: &[Trait], values: &Value) -> Filled {
    let filled = |known: &Trait| {
        let value = known.path.iter().try_fold(values, |at, name| at.get(name))?;
        let texts = match (&known.kind, value) {
            (_, Value::Null) => return None,
            (Kind::Choices(_), Value::Array(items)) => items.iter().map(plain).collect(),
            (Kind::Lines { numbers }, Value::Array(items)) if items.iter().all(|item| is_line(item, *numbers)) => {
                vec![items.iter().map(plain).collect::<Vec<_>>().join("\n")]
            }
            (Kind::Json, value) | (_, value @ (Value::Array(_) | Value::Object(_))) => vec![pretty(value)],
            (_, value) => vec![plain(value)],
        };
        Some((known.name(), texts))
    };
    traits.iter().filter_map(filled).collect()
}

/// Whether an item of a list can be written in a line of its own and be read from there again.
fn is_line(item: &Value, numbers: bool) -> bool {
    match item {
        Value::String(text) => {
            !numbers && !text.trim().is_empty() && text.trim() == text && !text.contains(['\n', '\r'])
        }
        Value::Number(_) => numbers,
        _ => false,
    }
}

/// JSON for people.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The fields, with what stands in them and what is wrong with it: pairs of a place such as `traits.name` and words.
pub(crate) fn sets(traits: &[Trait], filled: &Filled, errors: &[(String, String)]) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for known in traits {
        let mut field = field(known, filled.get(&known.name()).map_or(&[][..], Vec::as_slice));
        field.errors =
            errors.iter().filter(|(at, _)| owner(traits, at) == Some(known)).map(|(_, text)| text.clone()).collect();
        match sets.last_mut().filter(|set| set.legend == known.within) {
            Some(set) => set.fields.push(field),
            None => sets.push(Set { legend: known.within.clone(), fields: vec![field] }),
        }
    }
    sets
}

/// The trait a place belongs to: the deepest one at or above it.
fn owner<'a>(traits: &'a [Trait], at: &str) -> Option<&'a Trait> {
    let is_above = |known: &&Trait| {
        let name = known.name();
        at == name || at.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.'))
    };
    traits.iter().filter(is_above).max_by_key(|known| known.path.len())
}

/// What is wrong with no field in particular.
pub(crate) fn elsewhere(traits: &[Trait], errors: &[(String, String)]) -> Vec<String> {
    let rest = errors.iter().filter(|(at, _)| owner(traits, at).is_none());
    rest.map(|(at, text)| if at.is_empty() { text.clone() } else { format!("{at}: {text}") }).collect()
}

fn field(known: &Trait, texts: &[String]) -> Field {
    let value = texts.first().cloned().unwrap_or_default();
    let (control, own) = match &known.kind {
        Kind::Text(kind) => (Control::Line { kind, value }, None),
        Kind::Number => (Control::Line { kind: "number", value }, None),
        Kind::Long => (Control::Area { rows: 4, value, code: false }, None),
        Kind::Boolean => {
            let choice = |text: &str, label: &str| Choice::new(text, value == text).called(label);
            (Control::Select(vec![choice("", "Not set"), choice("true", "Yes"), choice("false", "No")]), None)
        }
        Kind::Choice(values) => {
            let mut options = offered(values, texts);
            if !known.required || value.is_empty() {
                options.insert(0, Choice::new("", value.is_empty()).called("Not set"));
            }
            (Control::Select(options), None)
        }
        Kind::Choices(values) => (Control::Checks(offered(values, texts)), None),
        Kind::Lines { .. } => {
            (Control::Area { rows: 4, value, code: false }, Some("One to a line, or all as a list in JSON."))
        }
        Kind::Json => (Control::Area { rows: 5, value, code: true }, Some("JSON.")),
    };
    let mut field = Field::new(known.name(), known.label.clone(), control);
    let hints: Vec<&str> = known.hint.as_deref().into_iter().chain(own).collect();
    field.hint = (!hints.is_empty()).then(|| hints.join(" "));
    // An empty choice or list is seen by the schema, not by the browser.
    field.required(known.required && matches!(known.kind, Kind::Text(_) | Kind::Long | Kind::Number))
}

/// The values of a closed choice, and what is stored though it is none of them.
fn offered(values: &[Value], texts: &[String]) -> Vec<Choice> {
    let mut names: Vec<String> = values.iter().map(plain).filter(|name| !name.is_empty()).collect();
    names.extend(texts.iter().filter(|text| !text.is_empty() && !names.contains(text)).cloned().collect::<Vec<_>>());
    names.into_iter().map(|name| Choice::new(name.clone(), texts.contains(&name))).collect()
}

/// The traits that follow from what was filled in: `base` with every trait of the schema as its field says. Beside them,
/// what could not be read.
pub(crate) fn read(traits: &[Trait], filled: &Filled, base: &Value) -> (Value, Vec<(String, String)>) {
    let mut whole = base.as_object().cloned().unwrap_or_default();
    let mut errors = Vec::new();
    for known in traits {
        let texts = filled.get(&known.name()).map_or(&[][..], Vec::as_slice);
        match value(&known.kind, texts) {
            Ok(Some(value)) => put(&mut whole, &known.path, value),
            Ok(None) => take(&mut whole, &known.path),
            Err(error) => errors.push((known.name(), error)),
        }
    }
    (Value::Object(whole), errors)
}

fn value(kind: &Kind, texts: &[String]) -> Result<Option<Value>, String> {
    let text = texts.first().map(String::as_str).unwrap_or_default();
    if let Kind::Choices(values) = kind {
        let picked: Vec<Value> =
            texts.iter().filter(|text| !text.is_empty()).map(|text| chosen(values, text)).collect();
        return Ok((!picked.is_empty()).then_some(Value::Array(picked)));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(match kind {
        // Browsers send lines as CR LF.
        Kind::Text(_) | Kind::Long => Value::String(text.replace("\r\n", "\n")),
        Kind::Number => number(text),
        Kind::Boolean => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::String(other.to_owned()),
        },
        Kind::Choice(values) | Kind::Choices(values) => chosen(values, text),
        Kind::Lines { numbers } => {
            if let Ok(list @ Value::Array(_)) = serde_json::from_str(text) {
                list
            } else {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(|line| if *numbers { number(line) } else { Value::String(line.to_owned()) }).collect()
            }
        }
        Kind::Json => serde_json::from_str(text).map_err(|error| format!("This is not JSON: {error}."))?,
    }))
}

/// The value of a closed choice that is shown by that text.
fn chosen(values: &[Value], text: &str) -> Value {
    values.iter().find(|value| plain(value) == text).cloned().unwrap_or_else(|| Value::String(text.to_owned()))
}

/// A text as a number; one that is none stays a text, which the schema refuses at its field.
fn number(text: &str) -> Value {
    let text = text.trim();
    let float = || text.parse().ok().and_then(Number::from_f64).map(Value::Number);
    text.parse::<i64>().ok().map(Value::from).or_else(float).unwrap_or_else(|| Value::String(text.to_owned()))
}

fn put(map: &mut Map<String, Value>, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        map.insert(name.clone(), value);
        return;
    }
    let slot = map.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Value::Object(inner) = slot {
        put(inner, rest, value);
    }
}

/// Takes a value away, and the objects that are empty without it.
fn take(map: &mut Map<String, Value>, path: &[String]) {
    let Some((name, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        map.shift_remove(name);
    } else if let Some(Value::Object(inner)) = map.get_mut(name) {
        take(inner, rest);
        if inner.is_empty() {
            map.shift_remove(name);
        }
    }
}

/// The traits as names and words, for reading.
pub(crate) fn shown(traits: &[Trait], values: &Value) -> Vec<(String, String)> {
    let filled = filled(traits, values);
    let pair = |known: &Trait| {
        let texts = filled.get(&known.name())?;
        let label =
            known.within.as_ref().map_or_else(|| known.label.clone(), |within| format!("{within} › {}", known.label));
        let words = match &known.kind {
            Kind::Boolean if texts.first().is_some_and(|text| text == "true") => "Yes".to_owned(),
            Kind::Boolean => "No".to_owned(),
            Kind::Lines { .. } => texts.join(", ").replace('\n', ", "),
            _ => texts.join(", "),
        };
        Some((label, words))
    };
    traits.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests;
