//! Keys (contract 6.2, 7): what this server signs with, and whatever else operators keep in sets of their own.

use shared_types::time::Time;

/// A key as stored: the JWK sealed, private members included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredKey {
    /// The key set.
    pub(crate) set: String,
    pub(crate) kid: String,
    /// As the JWK says it; empty where it does not.
    pub(crate) alg: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Time,
    /// When it begins to sign, if that is later.
    pub(crate) signs_from: Option<Time>,
    /// Not brought by an operator.
    pub(crate) made_here: bool,
}

impl StoredKey {
    /// When it begins, or began, to sign.
    pub(crate) fn begins(&self) -> Time {
        self.signs_from.unwrap_or(self.created_at)
    }
}
