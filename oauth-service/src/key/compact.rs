//! A JSON Web Signature in compact form, taken apart but not yet believed (RFC 7515 3.1, 5.2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::Jwk;
use serde_json::{Map, Value};

use super::jose;
use crate::protocol::alg::Alg;

/// The parts of a JWS. Nothing in it may be relied on before its signature has been checked.
#[derive(Debug, Clone)]
pub(crate) struct Compact<'a> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    message: &'a str,
    signature: Vec<u8>,
}

/// Not a compact JWS with JSON objects inside, or one that demands what this server does not understand (`crit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a signed JWT")]
pub(crate) struct Malformed;

impl<'a> Compact<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str) -> Result<Self, Malformed> {
        let (message, signature) = token.rsplit_once('.').ok_or(Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(Malformed)?;
        let header: Map<String, Value> = decode(header)?;
        // RFC 7515 4.1.11: what is critical must be understood, and nothing that may stand there is.
        if header.contains_key("crit") {
            return Err(Malformed);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Malformed)?;
        Ok(Self { header, claims: decode(payload)?, message, signature })
    }

    /// A text of the header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// A member of the header, of any kind.
    pub(crate) fn header_value(&self, name: &str) -> Option<&Value> {
        self.header.get(name)
    }

    /// The payload, which anybody may have written.
    pub(crate) const fn unverified(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The algorithm it says it is signed with, if it is one this server knows.
    pub(crate) fn alg(&self) -> Option<Alg> {
        self.header("alg").and_then(Alg::parse)
    }

    /// Whether the signature is that of a public key.
    #[must_use]
    pub(crate) fn is_signed_by(&self, alg: Alg, key: &Jwk) -> bool {
        jose::verifier(alg, key).is_ok_and(|verifier| self.is_verified_by(verifier.as_ref()))
    }

    /// Whether a verifier accepts the signature.
    #[must_use]
    pub(crate) fn is_verified_by(&self, verifier: &dyn josekit::jws::JwsVerifier) -> bool {
        verifier.verify(self.message.as_bytes(), &self.signature).is_ok()
    }

    /// The payload, once its signature has been checked.
    pub(crate) fn into_claims(self) -> Map<String, Value> {
        self.claims
    }
}

fn decode(part: &str) -> Result<Map<String, Value>, Malformed> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Malformed)
}
