//! Identity schemas: JSON Schema with the keywords that say which traits sign in, are verified, recover an account, and
//! who may write them (contract §4.2).

mod coerce;
mod fields;
mod issue;
mod protect;

use std::sync::Arc;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use shared_types::http::client::HttpClient;

use self::fields::{Field, Write};
pub(crate) use self::issue::Issue;
use super::normal;
use crate::{
    config::{BUILT_IN, IdentityConfig, SchemaSource},
    model::{address::Via, traits::Traits},
    source,
};

/// The partner portal's schema, which serves when none is configured.
const PARTNER: &str = include_str!("schema/partner.schema.json");

/// A schema that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("identity.schemas: the schema {id:?} ({url}): {reason}")]
pub(crate) struct SchemaError {
    id: String,
    url: String,
    reason: String,
}

/// The schemas of a service, loaded and compiled at boot.
pub(crate) struct Schemas {
    default_id: String,
    all: Vec<Arc<Schema>>,
}

impl Schemas {
    /// Loads and compiles every configured schema.
    pub(crate) async fn load(config: &IdentityConfig, http: &HttpClient) -> Result<Self, SchemaError> {
        let mut all = Vec::with_capacity(config.schemas.len());
        for schema in &config.schemas {
            let url = source::shown(&schema.url);
            let fail = |reason: String| SchemaError { id: schema.id.clone(), url: url.clone(), reason };
            let text = match schema.url.as_str() {
                BUILT_IN => PARTNER.to_owned(),
                url => source::text(url, http).await.map_err(fail)?,
            };
            all.push(Arc::new(Schema::compile(schema, &text, config.disallow_ref).map_err(fail)?));
        }
        Ok(Self { default_id: config.default_schema_id.clone(), all })
    }

    /// The schema with this id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Schema>> {
        self.all.iter().find(|schema| schema.id == id).cloned()
    }

    /// The id of the schema of identities that name none.
    pub(crate) fn default_id(&self) -> &str {
        &self.default_id
    }

    /// All schemas in the order of the configuration.
    pub(crate) fn all(&self) -> &[Arc<Schema>] {
        &self.all
    }
}

/// A compiled identity schema.
pub(crate) struct Schema {
    id: String,
    selectable: bool,
    document: Value,
    validator: Validator,
    fields: Vec<Field>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schema").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Schema {
    /// Compiles the text of a schema; the error says what is wrong with it.
    pub(crate) fn compile(source: &SchemaSource, text: &str, disallow_ref: bool) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
        if disallow_ref && holds_ref(&document) {
            return Err("uses $ref, which security.disallow_ref_in_identity_schemas forbids".to_owned());
        }
        let fields = fields::read(&document)?;
        let mut options = jsonschema::options()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .with_format("email", |text: &str| normal::email(text).is_some())
            .with_format("tel", |text: &str| normal::phone(text).is_some());
        if document.get("$schema").is_none() {
            options = options.with_draft(Draft::Draft7);
        }
        let validator = options.build(&document).map_err(|error| format!("is not a JSON schema: {error}"))?;
        Ok(Self { id: source.id.clone(), selectable: source.selfservice_selectable, document, validator, fields })
    }

    /// The id by which the configuration knows it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The JSON schema as it was loaded.
    pub(crate) const fn document(&self) -> &Value {
        &self.document
    }

    /// Whether clients may choose it in self-service flows.
    pub(crate) const fn is_selectable(&self) -> bool {
        self.selectable
    }

    /// Everything that is wrong with traits.
    pub(crate) fn validate(&self, traits: &Traits) -> Vec<Issue> {
        let instance = json!({ "traits": traits });
        let mut errors: Vec<_> = self.validator.iter_errors(&instance).collect();
        issue::formats_first(&mut errors);
        let mut issues: Vec<Issue> = errors.iter().map(issue::of).collect();
        for field in self
            .fields
            .iter()
            .filter(|field| field.identifier || field.webauthn || field.code.is_some() || field.verification.is_some())
        {
            let too_long = |value: &&str| value.len() > normal::MAX_IDENTIFIER;
            if let Some(value) = field.texts(traits).find(too_long) {
                issues.push(Issue::too_long(field.name(), normal::MAX_IDENTIFIER, value.len()));
            }
        }
        issues
    }

    /// Checks what a user may write against what is stored (nothing, for a registration). Protected traits that are left
    /// out keep their stored value; one that names another value is refused. The result still has to be validated.
    pub(crate) fn check_user_write(&self, old: Option<&Traits>, new: &Traits) -> Result<Traits, Vec<Issue>> {
        protect::check(&self.fields, old, new)
    }

    /// Whether administrators alone may write a trait.
    pub(crate) fn is_reserved(&self, path: &[String]) -> bool {
        self.fields.iter().any(|field| field.write == Write::Admin && field.keys() == path)
    }

    /// Whether a trait can be set once by its owner, and has been.
    pub(crate) fn is_settled(&self, path: &[String], stored: &Traits) -> bool {
        protect::is_settled(&self.fields, path, stored)
    }

    /// Turns the texts of a form into what the schema wants there: numbers, booleans; an input left empty is left out.
    pub(crate) fn coerce_form(&self, traits: &mut Value) {
        self.coerce(traits, coerce::Empty::Inputs);
    }

    /// The same for JSON: scripts send what they read from inputs, and that are texts.
    pub(crate) fn coerce_json(&self, traits: &mut Value) {
        self.coerce(traits, coerce::Empty::Figures);
    }

    fn coerce(&self, traits: &mut Value, empty: coerce::Empty) {
        if let Some(schema) = self.document.pointer("/properties/traits") {
            coerce::coerce(&self.document, schema, traits, empty, 0);
        }
    }

    /// The identifiers these traits sign in with, in normal form and without repetition.
    pub(crate) fn identifiers(&self, traits: &Traits) -> Vec<String> {
        let fields = self.fields.iter().filter(|field| field.identifier);
        let texts = fields.flat_map(|field| field.texts(traits));
        unique(texts.map(normal::identifier).filter(|text| !text.is_empty()))
    }

    /// The identifiers of security keys, in normal form and without repetition.
    pub(crate) fn webauthn_identifiers(&self, traits: &Traits) -> Vec<String> {
        let fields = self.fields.iter().filter(|field| field.webauthn);
        let texts = fields.flat_map(|field| field.texts(traits));
        unique(texts.map(normal::identifier).filter(|text| !text.is_empty()))
    }

    /// The addresses codes to sign in are sent to, in normal form.
    pub(crate) fn code_addresses(&self, traits: &Traits) -> Vec<(Via, String)> {
        self.addresses(traits, |field| field.code)
    }

    /// What authenticator apps show of the account; its first identifier when the schema names nothing.
    pub(crate) fn totp_name(&self, traits: &Traits) -> Option<String> {
        self.named(traits, |field| field.totp_name)
    }

    /// What passkey prompts show of the account; its first identifier when the schema names nothing.
    pub(crate) fn passkey_name(&self, traits: &Traits) -> Option<String> {
        self.named(traits, |field| field.passkey_name)
    }

    fn named(&self, traits: &Traits, wanted: impl Fn(&Field) -> bool) -> Option<String> {
        let own = self.fields.iter().filter(|field| wanted(field)).flat_map(|field| field.texts(traits)).next();
        own.map(str::to_owned).or_else(|| self.identifiers(traits).into_iter().next())
    }

    /// The names of the inputs whose traits name the account in passkey prompts.
    pub(crate) fn passkey_inputs(&self) -> Vec<String> {
        self.fields.iter().filter(|field| field.passkey_name).map(Field::name).collect()
    }

    /// The address a trait holds, by the trait's dotted path below the traits.
    pub(crate) fn code_address_at(&self, traits: &Traits, path: &str) -> Option<(Via, String)> {
        let field = self.fields.iter().find(|field| field.dotted() == path)?;
        let via = field.code.or(field.verification).or(field.recovery)?;
        let text = field.texts(traits).next()?;
        Some((via, normal::address(via, text)))
    }

    /// The traits one signs in with: node name (`traits.email`) and title.
    pub(crate) fn password_identifiers(&self) -> Vec<(String, Option<String>)> {
        self.titled(|field| field.identifier)
    }

    /// The traits codes to sign in are sent to: node name and title.
    pub(crate) fn code_identifiers(&self) -> Vec<(String, Option<String>)> {
        self.titled(|field| field.code.is_some())
    }

    fn titled(&self, wanted: impl Fn(&Field) -> bool) -> Vec<(String, Option<String>)> {
        let titled = |field: &Field| {
            let pointer = field.keys().iter().fold("/properties/traits".to_owned(), |pointer, key| {
                format!("{pointer}/properties/{}", key.replace('~', "~0").replace('/', "~1"))
            });
            let title = self.document.pointer(&pointer).and_then(|node| node.get("title")).and_then(Value::as_str);
            (field.name(), title.map(str::to_owned))
        };
        self.fields.iter().filter(|field| wanted(field)).map(titled).collect()
    }

    /// The addresses these traits ask to verify, in normal form.
    pub(crate) fn verifiable(&self, traits: &Traits) -> Vec<(Via, String)> {
        self.addresses(traits, |field| field.verification)
    }

    /// The addresses an account with these traits can be recovered by, in normal form.
    pub(crate) fn recovery(&self, traits: &Traits) -> Vec<(Via, String)> {
        self.addresses(traits, |field| field.recovery)
    }

    fn addresses(&self, traits: &Traits, via: impl Fn(&Field) -> Option<Via>) -> Vec<(Via, String)> {
        let fields = self.fields.iter().filter_map(|field| Some((via(field)?, field)));
        let found = fields.flat_map(|(via, field)| field.texts(traits).map(move |text| (via, text)));
        let normal = found.map(|(via, text)| (via, normal::address(via, text)));
        unique(normal.filter(|(_, value)| !value.is_empty()))
    }
}

fn unique<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut found, item| {
        if !found.contains(&item) {
            found.push(item);
        }
        found
    })
}

fn holds_ref(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("$ref") || map.values().any(holds_ref),
        Value::Array(items) => items.iter().any(holds_ref),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
