//! What Hydra sealed: AES-256-GCM under the SHA-256 of a system secret, as base64 of nonce, ciphertext and tag.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use openssl::{
    sha::sha256,
    symm::{Cipher, decrypt_aead},
};
use shared_types::secret::Secret;

const NONCE: usize = 12;
const TAG: usize = 16;

/// Opens with any of Hydra's secrets.
pub(super) struct Opener {
    keys: Vec<Secret<[u8; 32]>>,
}

impl Opener {
    /// An opener for these system secrets.
    pub(super) fn new(secrets: &[Secret<String>]) -> Self {
        Self { keys: secrets.iter().map(|secret| Secret::new(sha256(secret.expose().as_bytes()))).collect() }
    }

    /// Whether nothing can be opened.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The plain bytes, if one of the secrets sealed them.
    pub(super) fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE)?;
        let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let cipher = Cipher::aes_256_gcm();
        self.keys.iter().find_map(|key| decrypt_aead(cipher, key.expose(), Some(nonce), &[], body, tag).ok())
    }
}
