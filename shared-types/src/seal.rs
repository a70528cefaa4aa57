//! Authenticated encryption with rotating keys (XChaCha20-Poly1305): challenges, cookies, columns that must be read back.

use std::{fmt, io::Read as _, io::Write as _};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    entropy::{Entropy, random_bytes},
    secret::{Secret, sized_key},
};

const NONCE: usize = 24;
/// No packed value is larger; a small ciphertext cannot be inflated into a large one.
const MAX_UNPACKED: u64 = 1 << 20;

/// Why a sealed value could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Not ours: altered, cut, sealed for another purpose, or under a key that is no longer listed.
    #[error("the sealed value is not authentic")]
    NotAuthentic,
    /// Authentic, but the content does not have the wanted shape.
    #[error("the sealed value cannot be read")]
    Content(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Seals with the first secret and opens with all of them.
#[derive(Clone)]
pub struct Sealer {
    keys: Vec<XChaCha20Poly1305>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

impl Sealer {
    /// A sealer over the given secrets, newest first. Without any secret a fixed empty key is used: callers refuse
    /// that at boot.
    pub fn new(secrets: &[Secret<String>]) -> Self {
        let keyed = |text: &str| XChaCha20Poly1305::new(&sized_key("portico seal", text.as_bytes()).into());
        let mut keys: Vec<_> = secrets.iter().map(|secret| keyed(secret.expose())).collect();
        if keys.is_empty() {
            keys.push(keyed(""));
        }
        Self { keys }
    }

    /// Nonce and ciphertext of `plain`; opens only for the same `purpose`.
    pub fn seal(&self, purpose: &str, entropy: &dyn Entropy, plain: &[u8]) -> Vec<u8> {
        let nonce = random_bytes::<NONCE>(entropy);
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = self.keys.first().and_then(|key| key.encrypt(&XNonce::from(nonce), payload).ok());
        // Encryption in memory fails only above 256 GiB; an empty result opens as "not authentic".
        let mut out = nonce.to_vec();
        out.extend(sealed.unwrap_or_default());
        out
    }

    /// The plain bytes of what `seal` made for the same purpose under any of the keys.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or(SealError::NotAuthentic)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError::NotAuthentic)?;
        self.keys
            .iter()
            .find_map(|key| key.decrypt(&XNonce::from(nonce), Payload { msg: body, aad: purpose.as_bytes() }).ok())
            .ok_or(SealError::NotAuthentic)
    }

    /// [`Sealer::seal`] as base64url without padding.
    pub fn seal_text(&self, purpose: &str, entropy: &dyn Entropy, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.seal(purpose, entropy, plain))
    }

    /// The inverse of [`Sealer::seal_text`].
    pub fn open_text(&self, purpose: &str, text: &str) -> Result<Vec<u8>, SealError> {
        let sealed = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| SealError::NotAuthentic)?;
        self.open(purpose, &sealed)
    }

    /// A value as JSON, deflated and sealed, as text for a URL or cookie.
    pub fn seal_packed<T: Serialize>(
        &self,
        purpose: &str,
        entropy: &dyn Entropy,
        value: &T,
    ) -> Result<String, SealError> {
        let json = serde_json::to_vec(value).map_err(|e| SealError::Content(e.into()))?;
        if json.len() as u64 > MAX_UNPACKED {
            return Err(SealError::Content("the value is larger than what would be opened again".into()));
        }
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflate.write_all(&json).map_err(|e| SealError::Content(e.into()))?;
        let packed = deflate.finish().map_err(|e| SealError::Content(e.into()))?;
        Ok(self.seal_text(purpose, entropy, &packed))
    }

    /// The inverse of [`Sealer::seal_packed`].
    pub fn open_packed<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Result<T, SealError> {
        let packed = self.open_text(purpose, text)?;
        let mut json = Vec::new();
        flate2::read::DeflateDecoder::new(packed.as_slice())
            .take(MAX_UNPACKED)
            .read_to_end(&mut json)
            .map_err(|e| SealError::Content(e.into()))?;
        serde_json::from_slice(&json).map_err(|e| SealError::Content(e.into()))
    }
}

#[cfg(test)]
mod tests;
