//! Credentials: what an identity can prove itself with (contract §4.1).

use serde_json::Value;
use shared_types::{
    id::{CredentialId, IdentityId},
    time::Time,
};

use super::word::words;

words! {
    /// The kinds of credentials an identity may hold.
    CredentialType {
        /// Identifier and password.
        Password = "password",
    }
}

/// One credential. At most one per identity and type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Credential {
    pub(crate) id: CredentialId,
    pub(crate) identity_id: IdentityId,
    pub(crate) kind: CredentialType,
    /// In normal form; unique per type over all identities.
    pub(crate) identifiers: Vec<String>,
    /// The type's own data, e.g. `{"hashed_password": ".."}`. Never in a public answer.
    pub(crate) config: Value,
    pub(crate) version: i32,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl Credential {
    /// The stored hash of a password credential.
    pub(crate) fn hashed_password(&self) -> Option<&str> {
        self.config.get("hashed_password")?.as_str()
    }
}
