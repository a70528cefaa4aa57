//! What goes over the wire, by area.

mod audit;
mod courier;
mod credential;
mod error;
mod flow;
mod glossary;
mod identity;
mod oauth2;
mod session;
mod submit_first;
mod submit_later;
mod ui;

use serde_json::{Map, Value, json};
use shared_types::openapi::{reference, shape};

/// A named schema.
pub(super) struct Schema {
    pub(super) name: &'static str,
    about: &'static str,
    kind: Kind,
}

enum Kind {
    /// In the notation.
    Shape(&'static str),
    /// One of several, told apart by a member: its words, and what each stands for.
    Union { by: &'static str, of: &'static [(&'static str, &'static str)] },
}

impl Schema {
    const fn new(name: &'static str, about: &'static str, shape: &'static str) -> Self {
        Self { name, about, kind: Kind::Shape(shape) }
    }

    const fn union(
        name: &'static str,
        about: &'static str,
        by: &'static str,
        of: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { name, about, kind: Kind::Union { by, of } }
    }

    /// As JSON schema.
    pub(super) fn describe(&self) -> Value {
        let mut schema = match &self.kind {
            Kind::Shape(text) => shape(text, &described).unwrap_or_default(),
            Kind::Union { by, of } => {
                let mapping: Map<String, Value> = of
                    .iter()
                    .map(|(word, name)| ((*word).to_owned(), reference(name).get("$ref").cloned().unwrap_or_default()))
                    .collect();
                json!({
                    "oneOf": of.iter().map(|(_, name)| reference(name)).collect::<Vec<_>>(),
                    "discriminator": { "propertyName": by, "mapping": mapping },
                })
            }
        };
        if schema.get("$ref").is_some() {
            schema = json!({ "allOf": [schema] });
        }
        if let Value::Object(map) = &mut schema {
            map.insert("description".to_owned(), json!(self.about));
        }
        schema
    }

    /// Whether its notation can be read.
    #[cfg(test)]
    pub(super) fn is_readable(&self) -> bool {
        match self.kind {
            Kind::Shape(text) => shape(text, &described).is_some(),
            Kind::Union { of, .. } => !of.is_empty(),
        }
    }
}

fn described(member: &str) -> Option<&'static str> {
    glossary::FIELDS.iter().find(|(name, _)| *name == member).map(|(_, about)| *about)
}

/// Every schema.
pub(super) fn all() -> impl Iterator<Item = &'static Schema> {
    let areas: [&'static [Schema]; 11] = [
        identity::SCHEMAS,
        credential::SCHEMAS,
        session::SCHEMAS,
        flow::SCHEMAS,
        ui::SCHEMAS,
        submit_first::SCHEMAS,
        submit_later::SCHEMAS,
        audit::SCHEMAS,
        courier::SCHEMAS,
        oauth2::SCHEMAS,
        error::SCHEMAS,
    ];
    areas.into_iter().flatten()
}
