//! Identities as the API shows them (contract §10.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{
    config::{Config, below},
    model::{
        credential::{Credential, CredentialType},
        identity::Identity,
    },
};

/// What its owner and applications see: neither credentials nor the administrators' metadata.
pub(crate) fn public(identity: &Identity, config: &Config) -> Value {
    Value::Object(body(identity, config))
}

/// What administrators see, without credentials.
pub(crate) fn admin(identity: &Identity, config: &Config) -> Value {
    Value::Object(with_metadata(identity, config))
}

/// What administrators see, with credentials. The content of a credential is shown for the types in `shown` alone.
pub(crate) fn with_credentials(
    identity: &Identity,
    credentials: &[Credential],
    shown: &[CredentialType],
    config: &Config,
) -> Value {
    let mut body = with_metadata(identity, config);
    if !credentials.is_empty() {
        let entries = credentials.iter().map(|credential| (credential.kind.to_string(), of(credential, shown)));
        body.insert("credentials".to_owned(), Value::Object(entries.collect()));
    }
    Value::Object(body)
}

fn of(credential: &Credential, shown: &[CredentialType]) -> Value {
    let mut entry = json!({
        "type": credential.kind,
        "identifiers": credential.identifiers,
        "version": credential.version,
        "created_at": credential.created_at,
        "updated_at": credential.updated_at,
    });
    if shown.contains(&credential.kind)
        && let Value::Object(map) = &mut entry
    {
        map.insert("config".to_owned(), credential.config.clone());
    }
    entry
}

fn with_metadata(identity: &Identity, config: &Config) -> Map<String, Value> {
    let mut body = body(identity, config);
    body.insert("metadata_admin".to_owned(), identity.metadata_admin.clone().unwrap_or(Value::Null));
    body
}

fn body(identity: &Identity, config: &Config) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("id", json!(identity.id));
    if let Some(external_id) = &identity.external_id {
        put("external_id", json!(external_id));
    }
    put("schema_id", json!(identity.schema_id));
    put("schema_url", json!(schema_url(&identity.schema_id, config)));
    put("state", json!(identity.state));
    if let Some(at) = identity.state_changed_at {
        put("state_changed_at", json!(at));
    }
    put("traits", identity.traits.to_value());
    if !identity.verifiable_addresses.is_empty() {
        put("verifiable_addresses", json!(identity.verifiable_addresses));
    }
    if !identity.recovery_addresses.is_empty() {
        let addresses = identity.recovery_addresses.iter();
        put("recovery_addresses", Value::Array(addresses.map(|address| json!(address)).collect()));
    }
    put("metadata_public", identity.metadata_public.clone().unwrap_or(Value::Null));
    put("created_at", json!(identity.created_at));
    put("updated_at", json!(identity.updated_at));
    put("organization_id", Value::Null);
    map
}

/// Where the JSON schema of an identity can be read.
fn schema_url(schema_id: &str, config: &Config) -> String {
    let encoded = URL_SAFE_NO_PAD.encode(schema_id);
    below(&config.serve.public.base_url, &format!("schemas/{encoded}")).to_string()
}
