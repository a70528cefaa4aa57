//! The check of a whole tree against the table of keys.

use serde_json::Value;

use super::{Key, Kind, Problems, Support};
use crate::time::GoDuration;

/// Reports every unknown key and wrong kind, and returns a sentence for each key that is set without effect.
pub(super) fn check(value: &Value, keys: &[Key], problems: &mut Problems) -> Vec<String> {
    let mut walk = Walk { keys, problems, warnings: Vec::new() };
    walk.visit(value, "", "");
    walk.warnings
}

struct Walk<'a> {
    keys: &'a [Key],
    problems: &'a mut Problems,
    warnings: Vec<String>,
}

impl Walk<'_> {
    /// `path` is the place in the tree as a person writes it; `pattern` the same with list items as `[]`.
    fn visit(&mut self, value: &Value, path: &str, pattern: &str) {
        if value.is_null() {
            return;
        }
        if let Some(key) = self.keys.iter().find(|key| fits(key.path, pattern)) {
            if let Support::Unsupported(reason) = key.support {
                self.warnings.push(format!("{path} is not supported and has no effect: {reason}"));
            }
            if let Some(wanted) = mismatch(key.kind, value) {
                self.problems.push(format!("{path}: must be {wanted}"));
            }
            return;
        }
        let (branch, list) = (leads_somewhere(self.keys, pattern), leads_somewhere(self.keys, &format!("{pattern}[]")));
        match value {
            Value::Object(map) if pattern.is_empty() || branch => {
                for (name, child) in map {
                    let join = |base: &str| {
                        if base.is_empty() { name.clone() } else { format!("{base}.{name}") }
                    };
                    self.visit(child, &join(path), &join(pattern));
                }
            }
            Value::Array(items) if list => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, &format!("{path}[{index}]"), &format!("{pattern}[]"));
                }
            }
            _ if branch => self.problems.push(format!("{path}: must be a mapping of keys")),
            _ if list => self.problems.push(format!("{path}: must be a list")),
            _ => self.problems.push(format!("{path}: is not a known key")),
        }
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
