//! What goes over the wire, by area.

mod clients;
mod requests;
mod tokens;

use serde_json::{Value, json};
use shared_types::openapi::shape;

/// A named schema.
pub(super) struct Schema {
    pub(super) name: &'static str,
    about: &'static str,
    /// In the notation.
    shape: &'static str,
}

impl Schema {
    const fn new(name: &'static str, about: &'static str, shape: &'static str) -> Self {
        Self { name, about, shape }
    }

    /// As JSON schema.
    pub(super) fn describe(&self) -> Value {
        let mut schema = shape(self.shape, &|_| None).unwrap_or_default();
        if let Value::Object(map) = &mut schema {
            map.insert("description".to_owned(), json!(self.about));
        }
        schema
    }

    /// Whether its notation can be read.
    #[cfg(test)]
    pub(super) fn is_readable(&self) -> bool {
        shape(self.shape, &|_| None).is_some()
    }
}

/// Every schema.
pub(super) fn all() -> impl Iterator<Item = &'static Schema> {
    let areas: [&'static [Schema]; 3] = [clients::SCHEMAS, requests::SCHEMAS, tokens::SCHEMAS];
    areas.into_iter().flatten()
}
