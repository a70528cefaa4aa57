//! Signing: a JWS in compact form (RFC 7515 3.1).

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::Key;
use crate::protocol::error::{OAuthCode, OAuthError};

/// A key that signs.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    key: Arc<Key>,
}

impl Signer {
    pub(super) const fn new(key: Arc<Key>) -> Self {
        Self { key }
    }

    /// The header of what it signs.
    pub(crate) fn header(&self, typ: &str) -> Value {
        json!({"alg": self.key.alg.as_str(), "kid": self.key.kid, "typ": typ})
    }

    /// A compact JWS of the claims with `alg`, `kid` and `typ` in its header.
    pub(crate) fn sign(&self, claims: &impl Serialize, typ: &str) -> Result<String, OAuthError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
            OAuthError::new(OAuthCode::ServerError).caused_by(source)
        };
        let header = self.header(typ).to_string();
        let payload = serde_json::to_vec(claims).map_err(|e| failed(e.into()))?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signer = self.key.signer.as_ref().ok_or_else(|| failed("the key has no private half".into()))?;
        let signature = signer.sign(token.as_bytes()).map_err(|e| failed(e.into()))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}
