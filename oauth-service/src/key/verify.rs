//! Checking tokens this server signed. Expiry and audience are the caller's matter.

use serde_json::{Map, Value};

use super::{
    KeyError, KeySet,
    cache::Keys,
    compact::{Compact, Malformed},
};
use crate::app::Cx;

/// A token whose signature is ours.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub(crate) struct Verified {
    /// `typ` of the header, if it has one.
    pub(crate) typ: Option<String>,
    /// The payload.
    pub(crate) claims: Map<String, Value>,
}

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    /// Not a compact JWS with JSON inside.
    #[error("the token is not a signed JWT")]
    Malformed,
    /// No key of ours has that `kid`, or the algorithm is not that key's, or the signature is wrong.
    #[error("the token was not signed by this server")]
    Foreign,
    /// The keys cannot be had.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl From<Malformed> for VerifyError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Keys {
    /// Checks a token against the keys of the sets. The key is found by `kid` and brings the algorithm.
    pub(crate) async fn verify(&self, cx: &Cx, sets: &[KeySet], token: &str) -> Result<Verified, VerifyError> {
        let compact = Compact::parse(token)?;
        let kid = compact.header("kid").ok_or(VerifyError::Foreign)?;
        let key = self.find(cx, sets, kid).await?.ok_or(VerifyError::Foreign)?;
        if compact.alg() != Some(key.alg) || !compact.is_verified_by(key.verifier.as_ref()) {
            return Err(VerifyError::Foreign);
        }
        Ok(Verified { typ: compact.header("typ").map(str::to_owned), claims: compact.into_claims() })
    }
}
