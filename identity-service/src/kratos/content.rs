//! The contents of Kratos' credentials as they are kept here. The formats are the same for the most part; what Kratos upgrades
//! when it reads it, and what it leaves null, is set right.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use shared_types::id::Uuid;

use super::cipher::Ciphers;
use crate::{
    hash,
    identity::import::{self, ImportError},
    model::{
        address::Via,
        credential::{CredentialType, Providers},
    },
    store::kratos::Held,
};

/// A content, and what is to be said about it.
#[derive(Debug, Default)]
pub(super) struct Converted {
    /// In clear.
    pub(super) config: Value,
    pub(super) remarks: Vec<String>,
    /// Why there is no content though there was one.
    pub(super) lost: Option<String>,
}

impl Converted {
    fn of(config: Value) -> Self {
        Self { config, ..Self::default() }
    }

    fn lost(why: impl Into<String>) -> Self {
        Self { config: json!({}), lost: Some(why.into()), ..Self::default() }
    }
}

/// The content of a credential.
pub(super) fn convert(kind: CredentialType, owner: Uuid, held: &Held, ciphers: &Ciphers) -> Converted {
    let config = without_nulls(held.config.clone());
    match kind {
        CredentialType::Password => password(&config),
        CredentialType::Oidc | CredentialType::Saml => links(&config, ciphers),
        CredentialType::Code => code(&config, held),
        CredentialType::Totp => checked(kind, &config, "totp_url"),
        CredentialType::LookupSecret => checked(kind, &config, "recovery_codes"),
        CredentialType::WebAuthn => checked(kind, &with_handle(config, owner), "credentials"),
        CredentialType::Passkey => checked(kind, &config, "credentials"),
    }
}

/// What holds nothing under `member` only keeps its identifiers for their owner.
fn checked(kind: CredentialType, config: &Value, member: &str) -> Converted {
    let empty = match config.get(member) {
        None => true,
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    };
    if empty {
        return Converted::of(json!({}));
    }
    match import::patched(kind, config) {
        Ok(config) => Converted::of(config),
        Err(ImportError::Invalid(why)) => Converted::lost(why),
        Err(ImportError::Hash(why)) => Converted::lost(why.to_string()),
    }
}

fn password(config: &Value) -> Converted {
    let hash = config.get("hashed_password").and_then(Value::as_str).filter(|hash| !hash.is_empty());
    let Some(hash) = hash else {
        let elsewhere = config.get("use_password_migration_hook").and_then(Value::as_bool).unwrap_or(false);
        return Converted::of(if elsewhere { json!({ "use_password_migration_hook": true }) } else { json!({}) });
    };
    match hash::check(hash) {
        Ok(()) => Converted::of(json!({ "hashed_password": hash })),
        Err(why) => Converted::lost(format!("the password hash {why}")),
    }
}

fn links(config: &Value, ciphers: &Ciphers) -> Converted {
    let Some(list) = config.get("providers").filter(|list| list.as_array().is_some_and(|items| !items.is_empty()))
    else {
        return Converted::of(json!({}));
    };
    let read: Result<Providers, _> = serde_json::from_value(json!({ "providers": list }));
    let mut known = match read {
        Ok(known) => known,
        Err(error) => return Converted::lost(format!("the linked accounts cannot be read: {error}")),
    };
    let mut unread = false;
    for link in &mut known.providers {
        for token in [&mut link.initial_id_token, &mut link.initial_access_token, &mut link.initial_refresh_token] {
            if token.is_empty() {
                continue;
            }
            *token = ciphers.open(token).unwrap_or_else(|| {
                unread = true;
                String::new()
            });
        }
    }
    let remark = "the provider's tokens cannot be read without the secrets.cipher of Kratos; the link itself is kept";
    Converted { remarks: unread.then(|| remark.to_owned()).into_iter().collect(), ..Converted::of(json!(known)) }
}

/// Codes go to the addresses that are listed; older versions listed none, and sent to the identifiers.
fn code(config: &Value, held: &Held) -> Converted {
    let listed = config.get("addresses").and_then(Value::as_array);
    let pair = |item: &Value| {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        (text("channel"), text("address"))
    };
    let addresses: Vec<(String, String)> = if let Some(items) = listed {
        items.iter().map(pair).collect()
    } else {
        let channel = config.get("address_type").and_then(Value::as_str).unwrap_or_default().trim();
        let channel = if channel.eq_ignore_ascii_case("sms") { "sms" } else { "email" };
        held.identifiers.iter().map(|identifier| (channel.to_owned(), identifier.clone())).collect()
    };
    let known = |(channel, address): (String, String)| {
        let via: Via = channel.parse().ok()?;
        let address = crate::identity::normal::address(via, &address);
        (!address.is_empty()).then(|| json!({ "channel": via, "address": address }))
    };
    let entries: Vec<Value> = addresses.into_iter().filter_map(known).collect();
    Converted::of(json!({ "addresses": entries }))
}

/// Without a handle of its own an authenticator knows the identity by its id.
fn with_handle(mut config: Value, owner: Uuid) -> Value {
    let named = config.get("user_handle").and_then(Value::as_str).is_some_and(|handle| !handle.is_empty());
    if let (false, Some(map)) = (named, config.as_object_mut()) {
        map.insert("user_handle".to_owned(), json!(STANDARD.encode(owner.as_bytes())));
    }
    config
}

/// Go writes null for what is not there, and the year 1 for no instant.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !is_nothing(value));
            Value::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.starts_with("0001-01-01T"))
}

#[cfg(test)]
mod tests;
