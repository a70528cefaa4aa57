//! What is stored here, as a text that is another one when anything about it has changed.

use serde_json::{Value, json};
use shared_types::secret::Digest;

use crate::model::{
    credential::{Credential, CredentialType},
    identity::Identity,
    session::Session,
};

/// An identity with its credentials. Ids of credentials are left out: replaced ones keep theirs.
pub(super) fn identity(identity: &Identity, credentials: &[Credential]) -> String {
    let mut verifiable: Vec<_> = identity.verifiable_addresses.iter().collect();
    verifiable.sort_by_key(|address| address.id);
    let mut recovery: Vec<_> = identity.recovery_addresses.iter().collect();
    recovery.sort_by_key(|address| address.id);
    let mut held: Vec<_> =
        credentials.iter().map(|credential| (credential.kind, self::credential(credential))).collect();
    held.sort_by_key(|(kind, _)| *kind);
    json!({
        "external_id": identity.external_id, "schema_id": identity.schema_id, "state": identity.state,
        "state_changed_at": identity.state_changed_at, "traits": identity.traits,
        "metadata_public": identity.metadata_public, "metadata_admin": identity.metadata_admin,
        "created_at": identity.created_at, "updated_at": identity.updated_at,
        "verifiable": verifiable, "recovery": recovery, "credentials": held,
    })
    .to_string()
}

fn credential(credential: &Credential) -> Value {
    let mut identifiers = credential.identifiers.clone();
    identifiers.sort_unstable();
    // A key's counter goes up with each use: that is no change anybody has made.
    let config = match credential.kind {
        CredentialType::WebAuthn | CredentialType::Passkey => without_counters(credential.config.clone()),
        _ => credential.config.clone(),
    };
    json!({ "identifiers": identifiers, "config": config })
}

fn without_counters(mut config: Value) -> Value {
    if let Some(keys) = config.get_mut("credentials").and_then(Value::as_array_mut) {
        for key in keys.iter_mut().filter_map(Value::as_object_mut) {
            key.remove("authenticator");
            key.remove("flags");
        }
    }
    config
}

/// A session.
pub(super) fn session(session: &Session, token: &Digest) -> String {
    json!({
        "token": token.hex(), "active": session.active, "aal": session.aal, "methods": session.methods,
        "authenticated_at": session.authenticated_at, "expires_at": session.expires_at,
    })
    .to_string()
}
