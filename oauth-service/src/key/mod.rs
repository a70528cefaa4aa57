//! Signing keys: made on first need, kept sealed, published, found by `kid` (contract 6.2, 7).
//!
//! Each set signs with its newest key of the wanted algorithm; every key of both sets is published and verifies, so tokens
//! signed before a rotation stay good. The algorithm of a check is the key's, never the token's. Operators keep what else they like
//! in sets of other names.

pub(crate) mod admin;
mod cache;
pub(crate) mod compact;
mod generate;
pub(crate) mod jose;
pub(crate) mod jwks;
pub(crate) mod rotate;
mod sealed;
mod sign;
pub(crate) mod thumbprint;
mod verify;

pub(crate) use cache::{Keys, by_default};
pub(crate) use verify::VerifyError;

use josekit::jwk::Jwk;
use shared_types::time::Time;

use crate::protocol::alg::Alg;

/// The sets this server signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum KeySet {
    /// ID tokens and signed userinfo.
    IdToken,
    /// JWT access tokens.
    AccessToken,
}

impl KeySet {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::IdToken, Self::AccessToken];

    /// The set of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// The set's name in the admin API and the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::IdToken => "hydra.openid.id-token",
            Self::AccessToken => "hydra.jwt.access-token",
        }
    }
}

/// A key in use: opened, with its signer made once.
#[derive(Debug)]
pub(crate) struct Key {
    kid: String,
    alg: Alg,
    public: Jwk,
    /// When it begins to sign.
    begins: Time,
    /// Absent where only the public half is known.
    signer: Option<Box<dyn josekit::jws::JwsSigner>>,
    verifier: Box<dyn josekit::jws::JwsVerifier>,
}

/// A key that cannot be made, opened or used. An operator's matter: the wrong `secrets.system`, a damaged row.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// The database did not give or take it.
    #[error(transparent)]
    Db(#[from] shared_types::db::Error),
    /// None of the `secrets.system` opens it.
    #[error("key {kid} of {set} does not open with any of secrets.system")]
    Sealed {
        /// The set.
        set: String,
        /// The key.
        kid: String,
    },
    /// The cryptographic library refused.
    #[error("a key of {set} cannot be used")]
    Unusable {
        /// The set.
        set: String,
        /// Why.
        #[source]
        source: josekit::JoseError,
    },
}

impl From<KeyError> for crate::protocol::error::OAuthError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Db(error) => error.into(),
            other => Self::new(crate::protocol::error::OAuthCode::ServerError).caused_by(other),
        }
    }
}

/// Whether a stored key can be used with these secrets.
pub(crate) fn opens(sealer: &shared_types::seal::Sealer, row: &crate::model::key::StoredKey) -> bool {
    sealed::reveal(sealer, row).is_ok()
}

#[cfg(test)]
mod tests;
