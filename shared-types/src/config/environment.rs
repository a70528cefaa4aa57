//! Environment variables over the files: the key's path in upper case with `_` for `.`, no prefix; an index after a list
//! (`SECRETS_COOKIE_0`) or inside one (`IDENTITY_SCHEMAS_0_ID`) names an item.

use serde_json::{Map, Value};

use super::{Key, Kind, Problems};

/// Sets every key an environment variable names.
pub(super) fn apply(
    value: &mut Value,
    env: impl IntoIterator<Item = (String, String)>,
    keys: &[Key],
    problems: &mut Problems,
) {
    let mut vars: Vec<(String, String)> = env.into_iter().collect();
    // Items of a list come in the order of their indices.
    vars.sort();
    for (name, text) in vars {
        for key in keys {
            if let Some(steps) = steps_of(key.path, &name) {
                match parse(key.kind, &text, &steps) {
                    Ok(parsed) => set(value, &steps, parsed),
                    Err(problem) => problems.push(format!("environment variable {name}: {problem}")),
                }
                break;
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

/// Where in the tree a variable points if it is the one of this key.
fn steps_of(path: &str, variable: &str) -> Option<Vec<Step>> {
    let mut rest = variable;
    let mut steps = Vec::new();
    let segments: Vec<&str> = path.split('.').collect();
    for (position, segment) in segments.iter().enumerate() {
        let (name, list) = segment.strip_suffix("[]").map_or((*segment, false), |name| (name, true));
        if name == "*" {
            return None;
        }
        if position > 0 {
            rest = rest.strip_prefix('_')?;
        }
        // A hyphen cannot stand in a variable's name.
        rest = rest.strip_prefix(name.to_ascii_uppercase().replace('-', "_").as_str())?;
        steps.push(Step::Name(name.to_owned()));
        if list {
            let (index, tail) = index_of(rest)?;
            steps.push(Step::Index(index));
            rest = tail;
        }
    }
    if !rest.is_empty() {
        let (index, tail) = index_of(rest)?;
        steps.push(Step::Index(index));
        rest = tail;
    }
    rest.is_empty().then_some(steps)
}

fn index_of(rest: &str) -> Option<(usize, &str)> {
    let rest = rest.strip_prefix('_')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    let index: usize = digits.parse().ok()?;
    (index < 256).then_some((index, tail))
}

fn parse(kind: Kind, text: &str, steps: &[Step]) -> Result<Value, String> {
    let item = matches!(steps.last(), Some(Step::Index(_)));
    match kind {
        Kind::Text | Kind::Duration => Ok(Value::String(text.to_owned())),
        Kind::Int => text.trim().parse::<i64>().map(Value::from).map_err(|_| "must be a whole number".to_owned()),
        Kind::Bool => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "t" => Ok(Value::Bool(true)),
            "false" | "0" | "f" => Ok(Value::Bool(false)),
            _ => Err("must be true or false".to_owned()),
        },
        Kind::TextList if item => Ok(Value::String(text.to_owned())),
        Kind::TextList if text.trim_start().starts_with('[') => serde_json::from_str(text).map_err(|e| e.to_string()),
        Kind::TextList => {
            Ok(text.split(',').filter(|part| !part.is_empty()).map(|part| Value::String(part.to_owned())).collect())
        }
        Kind::Any => Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
    }
}

fn set(value: &mut Value, steps: &[Step], new: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = new;
        return;
    };
    match step {
        Step::Name(name) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            if let Value::Object(map) = value {
                set(map.entry(name.clone()).or_insert(Value::Null), rest, new);
            }
        }
        Step::Index(index) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(items) = value {
                while items.len() <= *index {
                    items.push(Value::Null);
                }
                if let Some(item) = items.get_mut(*index) {
                    set(item, rest, new);
                }
            }
        }
    }
}
