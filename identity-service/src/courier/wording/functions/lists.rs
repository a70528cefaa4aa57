//! Functions of lists and maps, and those that choose between values.

use std::{collections::BTreeMap, sync::Arc};

use gotmpl::{Result, Value};

use super::{Args, Function, list, shown, text, truth};

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("default", |args| {
        // Without a second argument there is nothing the first could stand in for.
        let given = args.values.get(1).filter(|given| given.is_truthy());
        Ok(given.unwrap_or(args.value(0)?).clone())
    }),
    ("empty", |args| truth(!args.value(0)?.is_truthy())),
    ("coalesce", |args| Ok(args.values.iter().find(|value| value.is_truthy()).cloned().unwrap_or(Value::Nil))),
    ("ternary", |args| args.value(usize::from(!args.value(2)?.is_truthy())).cloned()),
    ("list", |args| list(args.values.to_vec())),
    ("first", |args| Ok(args.list(0)?.first().cloned().unwrap_or(Value::Nil))),
    ("last", |args| Ok(args.list(0)?.last().cloned().unwrap_or(Value::Nil))),
    ("rest", |args| list(args.list(0)?.iter().skip(1).cloned().collect())),
    ("initial", |args| list(args.list(0)?.split_last().map(|(_, items)| items.to_vec()).unwrap_or_default())),
    ("append", |args| list(args.list(0)?.iter().chain([args.value(1)?]).cloned().collect())),
    ("prepend", |args| list([args.value(1)?].into_iter().chain(args.list(0)?).cloned().collect())),
    ("reverse", |args| list(args.list(0)?.iter().rev().cloned().collect())),
    ("has", |args| truth(args.list(1)?.contains(args.value(0)?))),
    ("uniq", |args| {
        let mut seen: Vec<Value> = Vec::new();
        for item in args.list(0)?.iter().take(1000) {
            if !seen.contains(item) {
                seen.push(item.clone());
            }
        }
        list(seen)
    }),
    ("compact", |args| list(args.list(0)?.iter().filter(|item| item.is_truthy()).cloned().collect())),
    ("sortAlpha", |args| {
        let mut texts: Vec<String> = args.list(0)?.iter().map(shown).collect();
        texts.sort_unstable();
        list(texts.into_iter().map(|item| Value::String(item.into())).collect())
    }),
    ("dict", |args| Ok(Value::Map(Arc::new(dict(args))))),
    ("get", |args| Ok(args.map(0)?.get(args.text(1)?.as_str()).cloned().unwrap_or_else(|| Value::String("".into())))),
    ("hasKey", |args| truth(args.map(0)?.contains_key(args.text(1)?.as_str()))),
    ("keys", |args| list(args.map(0)?.keys().map(|name| Value::String(Arc::clone(name))).collect())),
    ("values", |args| list(args.map(0)?.values().cloned().collect())),
    ("dig", dig),
    ("kindOf", |args| text(args.value(0)?.type_name())),
    ("toJson", |args| text(json(args.value(0)?).to_string())),
];

fn dict(args: &Args<'_>) -> BTreeMap<Arc<str>, Value> {
    let mut map = BTreeMap::new();
    for pair in args.values.chunks(2) {
        let [name, rest @ ..] = pair else { continue };
        let value = rest.first().cloned().unwrap_or_else(|| Value::String("".into()));
        map.insert(shown(name).into(), value);
    }
    map
}

/// What is found in the last argument by the names before, the one before last standing in for what is not there.
fn dig(args: &Args<'_>) -> Result<Value> {
    let count = args.values.len();
    if count < 3 {
        return Err(args.fault("needs names, a value to stand in, and a map"));
    }
    let mut at = args.value(count - 1)?;
    for place in 0..count - 2 {
        let name = args.text(place)?;
        match at {
            Value::Map(map) if map.contains_key(name.as_str()) => at = map.get(name.as_str()).unwrap_or(at),
            _ => return args.value(count - 2).cloned(),
        }
    }
    Ok(at.clone())
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nil | Value::Function(_) => serde_json::Value::Null,
        Value::Bool(on) => (*on).into(),
        Value::Int(number) => (*number).into(),
        Value::Uint(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => {
            let entries = map.iter().map(|(name, item)| (name.to_string(), json(item)));
            serde_json::Value::Object(entries.collect())
        }
        other => shown(other).into(),
    }
}
