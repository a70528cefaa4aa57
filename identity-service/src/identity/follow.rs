//! What follows from traits: the identifiers one signs in with, and the addresses codes are sent to (contract §4.1, §4.2).
//! An identity has the credential of an identifier even before it has a password or a key for it, so that nobody else can
//! take the identifier.

use serde_json::{Value, json};
use shared_types::id::CredentialId;

use super::schema::Schema;
use crate::{
    app::Cx,
    model::{
        address::Via,
        credential::{Credential, CredentialType},
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
