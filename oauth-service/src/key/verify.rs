//! Checking tokens this server signed. Expiry and audience are the caller's matter.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{KeyError, KeySet, cache::Keys};
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

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
}

impl Keys {
    /// Checks a token against the keys of the sets. The key is found by `kid` and brings the algorithm.
    pub(crate) async fn verify(&self, cx: &Cx, sets: &[KeySet], token: &str) -> Result<Verified, VerifyError> {
        let (message, signature) = token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(VerifyError::Malformed)?;
        let header: Header = decode(header)?;
        let claims: Map<String, Value> = decode(payload)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| VerifyError::Malformed)?;
        let kid = header.kid.ok_or(VerifyError::Foreign)?;
        let key = self.find(cx, sets, &kid).await?.ok_or(VerifyError::Foreign)?;
        if header.alg != key.alg.as_str() {
            return Err(VerifyError::Foreign);
        }
        key.verifier.verify(message.as_bytes(), &signature).map_err(|_| VerifyError::Foreign)?;
        Ok(Verified { typ: header.typ, claims })
    }
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, VerifyError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| VerifyError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| VerifyError::Malformed)
}
