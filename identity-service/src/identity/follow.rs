//! What follows from traits: the identifiers one signs in with, and the addresses codes are sent to (contract §4.1, §4.2).
//! An identity has the credential of an identifier even before it has a password or a key for it, so that nobody else can
//! take the identifier.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::id::CredentialId;

use super::{schema::Schema, vault};
use crate::{
    app::Cx,
    model::{
        address::Via,
        credential::{Credential, CredentialType, Link, Providers},
        identity::Identity,
    },
};

/// Makes credentials follow the traits of their identity.
pub(crate) fn traits(cx: &Cx, schema: &Schema, identity: &Identity, credentials: &mut Vec<Credential>) {
    let passwords = schema.identifiers(&identity.traits);
    let keys = schema.webauthn_identifiers(&identity.traits);
    let codes = schema.code_addresses(&identity.traits);
    let addresses: Vec<String> = codes.iter().map(|(_, address)| address.clone()).collect();
    for (kind, identifiers) in
        [(CredentialType::Password, passwords), (CredentialType::WebAuthn, keys), (CredentialType::Code, addresses)]
    {
        let config = (kind == CredentialType::Code).then(|| code_config(&codes));
        let known = credentials.iter_mut().find(|credential| credential.kind == kind);
        match known {
            Some(known) => {
                let config = config.unwrap_or_else(|| known.config.clone());
                if known.identifiers != identifiers || known.config != config {
                    known.identifiers = identifiers;
                    known.config = config;
                    known.updated_at = cx.now;
                }
            }
            None if identifiers.is_empty() => {}
            None => credentials
                .push(Credential { identifiers, ..fresh(cx, identity, kind, config.unwrap_or_else(|| json!({}))) }),
        }
    }
}

/// The content of one type of credential as it shall be, in clear; `None` takes the credential away.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    pub(crate) kind: CredentialType,
    pub(crate) config: Option<Value>,
}

/// Gives an identity's credential of a type another content. What follows from traits is for [`traits`] to set.
pub(crate) fn put(cx: &Cx, identity: &Identity, credentials: &mut Vec<Credential>, content: Content) {
    let known = credentials.iter().position(|known| known.kind == content.kind).map(|at| credentials.remove(at));
    let Some(config) = content.config else { return };
    let identifiers = match &known {
        Some(known) if follows_traits(content.kind) => known.identifiers.clone(),
        _ => own_identifiers(identity, content.kind, &config),
    };
    let fresh = fresh(cx, identity, content.kind, vault::seal(cx, content.kind, config));
    let kept = match known {
        Some(known) => Credential { config: fresh.config, version: fresh.version, updated_at: cx.now, ..known },
        None => fresh,
    };
    credentials.push(Credential { identifiers, ..kept });
}

const fn follows_traits(kind: CredentialType) -> bool {
    matches!(kind, CredentialType::Password | CredentialType::WebAuthn | CredentialType::Code)
}

/// The identifiers a credential has by its own content (contract §4.1).
pub(crate) fn own_identifiers(identity: &Identity, kind: CredentialType, content: &Value) -> Vec<String> {
    match kind {
        CredentialType::Totp | CredentialType::LookupSecret => vec![identity.id.text()],
        CredentialType::Oidc | CredentialType::Saml => {
            let known: Providers = serde_json::from_value(content.clone()).unwrap_or_default();
            known.providers.iter().map(Link::identifier).collect()
        }
        CredentialType::Passkey => {
            let handle = content.get("user_handle").and_then(Value::as_str).unwrap_or_default();
            let text = STANDARD.decode(handle).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            text.filter(|text| !text.is_empty()).into_iter().collect()
        }
        CredentialType::Password | CredentialType::WebAuthn | CredentialType::Code => Vec::new(),
    }
}

/// A credential without identifiers.
pub(crate) fn fresh(cx: &Cx, identity: &Identity, kind: CredentialType, config: Value) -> Credential {
    Credential {
        id: CredentialId::ordered(cx.now, &*cx.entropy),
        identity_id: identity.id,
        kind,
        identifiers: Vec::new(),
        config,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

fn code_config(addresses: &[(Via, String)]) -> Value {
    let entry = |(via, address): &(Via, String)| json!({ "channel": via, "address": address });
    json!({ "addresses": addresses.iter().map(entry).collect::<Vec<_>>() })
}
