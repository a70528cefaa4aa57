//! Nobody promotes himself: what a user writes can neither set nor change a trait that is not his.

use serde_json::Value;

use super::{
    fields::{Field, Write},
    issue::Issue,
};
use crate::model::traits::Traits;

/// The traits to store when a user whose traits are `old` submits `new`.
pub(super) fn check(fields: &[Field], old: Option<&Traits>, new: &Traits) -> Result<Traits, Vec<Issue>> {
    let mut result = new.clone();
    let mut issues = Vec::new();
    for field in fields {
        let path = field.keys();
        let stored = old.and_then(|old| old.at(&path)).filter(|value| !is_empty(value));
        let given = new.at(&path).filter(|value| !is_empty(value));
        let may_write = match field.write {
            Write::Owner => true,
            Write::OwnerOnce => stored.is_none(),
            Write::Admin => false,
        };
        if may_write {
            continue;
        }
        match (stored, given) {
            (None, Some(_)) => issues.push(Issue::protected(field.name())),
            (Some(stored), Some(given)) if stored != given => issues.push(Issue::protected(field.name())),
            // What stands in a form without a value is left out, not cleared.
            (None, None) => {
                restore(&mut result, &path, old.and_then(|old| old.at(&path)));
            }
            (Some(stored), _) => restore(&mut result, &path, Some(stored)),
        }
    }
    if issues.is_empty() { Ok(result) } else { Err(issues) }
}

/// Whether a field can be written once, and has been.
pub(super) fn is_settled(fields: &[Field], path: &[String], stored: &Traits) -> bool {
    let once = fields.iter().any(|field| field.write == Write::OwnerOnce && field.keys() == path);
    once && stored.at(path).is_some_and(|value| !is_empty(value))
}

fn restore(traits: &mut Traits, path: &[String], stored: Option<&Value>) {
    match stored {
        Some(value) => traits.set(path, value.clone()),
        None => {
            traits.remove(path);
        }
    }
}

/// Forms have no way to leave an input out other than sending it empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}
