//! Signing keys (contract 6.2, 7).

use shared_types::time::Time;

/// A key as stored: the private JWK sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredKey {
    /// The key set.
    pub(crate) set: String,
    pub(crate) kid: String,
    pub(crate) alg: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Time,
}
