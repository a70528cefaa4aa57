//! The check of a whole tree against the table of keys.

use serde_json::Value;

use super::{Key, Kind, Problems, Support};
use crate::time::GoDuration;

/// Reports every unknown key and wrong kind, and returns a sentence for each key that is set without effect.
pub(super) fn check(value: &Value, keys: &[Key], problems: &mut Problems) -> Vec<String> {
    let mut warnings = Vec::new();
    walk(value, "", "", keys, problems, &mut warnings);
    warnings
}

/// `path` is the place in the tree as a person writes it; `pattern` the same with list items as `[]`.
fn walk(value: &Value, path: &str, pattern: &str, keys: &[Key], problems: &mut Problems, warnings: &mut Vec<String>) {
    if value.is_null() {
        return;
    }
    if let Some(key) = keys.iter().find(|key| fits(key.path, pattern)) {
        if let Support::Unsupported(reason) = key.support {
            warnings.push(format!("{path} is not supported and has no effect: {reason}"));
        }
        if let Some(wanted) = mismatch(key.kind, value) {
            problems.push(format!("{path}: must be {wanted}"));
        }
        return;
    }
    match value {
        Value::Object(map) if pattern.is_empty() || leads_somewhere(keys, pattern) => {
            for (name, child) in map {
                let join = |base: &str| if base.is_empty() { name.clone() } else { format!("{base}.{name}") };
                walk(child, &join(path), &join(pattern), keys, problems, warnings);
            }
        }
        Value::Array(items) if leads_somewhere(keys, &format!("{pattern}[]")) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{path}[{index}]"), &format!("{pattern}[]"), keys, problems, warnings);
            }
        }
        _ if leads_somewhere(keys, pattern) => problems.push(format!("{path}: must be a mapping of keys")),
        _ if leads_somewhere(keys, &format!("{pattern}[]")) => problems.push(format!("{path}: must be a list")),
        _ => problems.push(format!("{path}: is not a known key")),
    }
}

fn fits(key: &str, pattern: &str) -> bool {
    let (mut left, mut right) = (key.split('.'), pattern.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || a == "*" => {}
            (Some(a), Some(b)) if a == "*[]" && b.ends_with("[]") => {}
            _ => return false,
        }
    }
}

/// Whether some key lies below this place.
fn leads_somewhere(keys: &[Key], pattern: &str) -> bool {
    let depth = pattern.split('.').count();
    keys.iter().any(|key| {
        let head: Vec<&str> = key.path.split('.').take(depth + 1).collect();
        head.len() > depth && head.get(..depth).is_some_and(|head| fits(&head.join("."), pattern))
    })
}

fn mismatch(kind: Kind, value: &Value) -> Option<&'static str> {
    let good = match kind {
        Kind::Text => value.is_string(),
        Kind::Int => value.is_i64() || value.is_u64(),
        Kind::Bool => value.is_boolean(),
        Kind::Duration => value.as_str().is_some_and(|text| text == "-1" || text.parse::<GoDuration>().is_ok()),
        Kind::TextList => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        Kind::Any => true,
    };
    (!good).then_some(match kind {
        Kind::Text => "a text",
        Kind::Int => "a whole number",
        Kind::Bool => "true or false",
        Kind::Duration => "a duration such as 15m or 168h",
        Kind::TextList => "a list of texts",
        Kind::Any => "something else",
    })
}
