//! `--format jsonpath=`: the part of a value that a path finds, in the notation Ory's commands take it in: names and indices with
//! dots between them, `#` for the items of a list, a backslash before a dot that belongs to a name.

use serde_json::Value;

/// What the path finds; `null` where it leads nowhere.
pub(super) fn find(value: &Value, path: &str) -> Value {
    steps(value, &parts(path))
}

/// The parts between the dots.
fn parts(path: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in path.chars() {
        match c {
            _ if escaped => {
                part.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '.' => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    parts
}

fn steps(value: &Value, parts: &[String]) -> Value {
    let Some((part, rest)) = parts.split_first() else { return value.clone() };
    match value {
        Value::Array(items) if part == "#" && rest.is_empty() => Value::from(items.len()),
        Value::Array(items) if part == "#" => {
            items.iter().map(|item| steps(item, rest)).filter(|found| !found.is_null()).collect()
        }
        Value::Array(items) => {
            let item = part.parse::<usize>().ok().and_then(|index| items.get(index));
            item.map_or(Value::Null, |item| steps(item, rest))
        }
        Value::Object(map) => map.get(part).map_or(Value::Null, |member| steps(member, rest)),
        _ => Value::Null,
    }
}
