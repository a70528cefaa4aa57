//! The traits of an identity: a JSON object shaped by its schema, in the schema's order.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Traits as stored and shown. Always an object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Traits(Map<String, Value>);

impl Traits {
    /// Traits of an object.
    pub(crate) const fn new(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// Traits of any JSON value; `None` when it is not an object.
    pub(crate) fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self(map)),
            _ => None,
        }
    }

    /// The object.
    pub(crate) const fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The object as a JSON value.
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The value at a path of property names.
    pub(crate) fn at(&self, path: &[String]) -> Option<&Value> {
        let (last, parents) = path.split_last()?;
        let mut map = &self.0;
        for name in parents {
            map = map.get(name)?.as_object()?;
        }
        map.get(last)
    }

    /// Puts a value at a path of property names, making the objects on the way. A parent that is not an object is
    /// replaced by one.
    pub(crate) fn set(&mut self, path: &[String], value: Value) {
        let Some((last, parents)) = path.split_last() else { return };
        let mut map = &mut self.0;
        for name in parents {
            let slot = map.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            let Value::Object(inner) = slot else { return };
            map = inner;
        }
        map.insert(last.clone(), value);
    }

    /// Takes the value at a path away.
    pub(crate) fn remove(&mut self, path: &[String]) -> Option<Value> {
        let (last, parents) = path.split_last()?;
        let mut map = &mut self.0;
        for name in parents {
            map = map.get_mut(name)?.as_object_mut()?;
        }
        map.shift_remove(last)
    }
}

#[cfg(test)]
mod tests;
