//! Inputs from an identity schema (identity contract §2.3): one for each trait a person may fill in himself.

use serde_json::{Map, Value};

use super::{Choice, Group, InputType, Node};
use crate::ui::text::label;

/// How deep a schema is followed; deeper parts get no input.
const DEPTH: usize = 8;
/// How many values a closed set may have to be offered as choices.
const CHOICES: usize = 500;

/// One input per trait, in schema order, named `traits.<dotted path>`.
///
/// Objects are flattened; lists and traits without a type get none. Traits only an administrator may write get
/// none either: what cannot be filled in is not asked for.
pub(crate) fn trait_nodes(schema: &Value, group: Group) -> Vec<Node> {
    let mut walk = Walk { root: schema, group, nodes: Vec::new() };
    if let Some(traits) = schema.pointer("/properties/traits") {
        walk.object(traits, "traits", DEPTH);
    }
    walk.nodes
}

struct Walk<'a> {
    root: &'a Value,
    group: Group,
    nodes: Vec<Node>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, schema: &'a Value, path: &str, depth: usize) {
        let schema = self.resolved(schema);
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (name, property) in properties {
            let path = format!("{path}.{name}");
            if only_admin(property) {
                continue;
            }
            let property = self.resolved(property);
            if only_admin(property) {
                continue;
            }
            if kind_of(property) == Some("object") {
                if depth > 0 {
                    self.object(property, &path, depth - 1);
                }
            } else if let Some(node) = leaf(property, &path, self.group) {
                self.nodes.push(if required.contains(&name.as_str()) { node.required() } else { node });
            }
        }
    }

    /// Follows references inside the document; one that leads elsewhere, or in circles, is left as it is.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let mut at = schema;
        for _ in 0..DEPTH {
            let Some(target) = at
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix('#'))
                .and_then(|pointer| self.root.pointer(pointer))
            else {
                break;
            };
            at = target;
        }
        at
    }
}

fn only_admin(schema: &Value) -> bool {
    schema.pointer("/portico/write").and_then(Value::as_str) == Some("admin")
}

fn kind_of(schema: &Value) -> Option<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => Some(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ if schema.get("properties").is_some() => Some("object"),
        _ => None,
    }
}

fn leaf(schema: &Value, path: &str, group: Group) -> Option<Node> {
    let format = schema.get("format").and_then(Value::as_str);
    let kind = match (kind_of(schema)?, format) {
        ("string", Some("email")) => InputType::Email,
        ("string", Some("tel")) => InputType::Tel,
        ("string", Some("date-time")) => InputType::DatetimeLocal,
        ("string", Some("date")) => InputType::Date,
        ("string", Some("uri")) => InputType::Url,
        ("string", _) => InputType::Text,
        ("number" | "integer", _) => InputType::Number,
        ("boolean", _) => InputType::Checkbox,
        _ => return None,
    };
    let mut node = Node::input(group, path, kind);
    node = match kind {
        InputType::Email => node.autocomplete("email"),
        InputType::Tel => node.autocomplete("tel"),
        InputType::Url => node.autocomplete("url"),
        _ => node,
    };
    if let Some(title) = schema.get("title").and_then(Value::as_str) {
        node = node.label(label::generated(title, path));
    }
    if let (Some(input), Some(schema)) = (node.as_input_mut(), schema.as_object()) {
        input.pattern = schema.get("pattern").and_then(Value::as_str).map(str::to_owned);
        input.maxlength = schema.get("maxLength").and_then(Value::as_u64);
        input.disabled = schema.get("disableFormField").and_then(Value::as_bool).unwrap_or(false);
        input.options = choices(schema);
    }
    Some(node)
}

fn choices(schema: &Map<String, Value>) -> Vec<Choice> {
    match schema.get("enum").and_then(Value::as_array) {
        Some(values) if values.len() <= CHOICES => values.iter().cloned().map(|value| Choice { value }).collect(),
        _ => Vec::new(),
    }
}
