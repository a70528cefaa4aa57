//! The texts of a form, and those in JSON that scripts have read from one, as the types a schema asks for (contract §0.5).

use serde_json::{Number, Value};

const MAX_DEPTH: usize = 24;

/// Which inputs that were left empty are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// All: a form cannot say less.
    Inputs,
    /// Those of numbers and booleans: JSON can say that a text is empty.
    Figures,
}

/// Coerces `value` in place, guided by `schema`; what does not fit stays as it is and fails validation.
pub(super) fn coerce(document: &Value, schema: &Value, value: &mut Value, empty: Empty, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'))
        && let Some(target) = document.pointer(target)
    {
        coerce(document, target, value, empty, depth + 1);
    }
    match value {
        Value::Object(map) => {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
            let required = |name: &str| {
                let names = schema.get("required").and_then(Value::as_array);
                names.is_some_and(|names| names.iter().any(|required| required == name))
            };
            map.retain(|name, value| {
                let left_empty = value.as_str().is_some_and(str::is_empty);
                let optional = |schema: &Value| !required(name) && (empty == Empty::Inputs || is_figure(schema));
                !(left_empty && properties.get(name).is_some_and(optional))
            });
            for (name, value) in map {
                if let Some(schema) = properties.get(name) {
                    coerce(document, schema, value, empty, depth + 1);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                for item in items {
                    coerce(document, schema, item, empty, depth + 1);
                }
            }
        }
        Value::String(text) => {
            if let Some(typed) = typed(schema, text) {
                *value = typed;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the schema wants a number or a boolean.
fn is_figure(schema: &Value) -> bool {
    matches!(schema.get("type").and_then(Value::as_str), Some("integer" | "number" | "boolean"))
}

/// A text as the number or boolean the schema wants; `None` where it wants a text, or the text is neither.
fn typed(schema: &Value, text: &str) -> Option<Value> {
    let names = match schema.get("type")? {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    if names.contains(&"string") {
        return None;
    }
    let text = text.trim();
    names.into_iter().find_map(|name| match name {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<i64>().ok().map(Value::from).or_else(|| float(text)),
        "boolean" => match text {
            "true" | "on" | "1" => Some(Value::Bool(true)),
            "false" | "off" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    })
}

fn float(text: &str) -> Option<Value> {
    text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
}
