//! What Kratos encrypts in its database: the tokens of providers, by AES-256-GCM or XChaCha20-Poly1305 under `secrets.cipher`,
//! or not at all, which is its default; as hexadecimal digits either way.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _},
};
use data_encoding::HEXLOWER_PERMISSIVE;
use openssl::symm::{Cipher, decrypt_aead};
use shared_types::secret::Secret;

/// Bytes of AES-GCM's nonce and tag.
const GCM: (usize, usize) = (12, 16);
/// Bytes of XChaCha20-Poly1305's nonce.
const NONCE: usize = 24;

/// The secrets Kratos encrypted with.
#[derive(Debug, Clone, Default)]
pub(super) struct Ciphers(Vec<[u8; 32]>);

impl Ciphers {
    /// Those of 32 bytes; Kratos takes no others.
    pub(super) fn new(secrets: &[Secret<String>]) -> Self {
        Self(secrets.iter().filter_map(|secret| secret.expose().as_bytes().try_into().ok()).collect())
    }

    /// What a stored text says; `None` when it cannot be opened by any of the secrets.
    pub(super) fn open(&self, stored: &str) -> Option<String> {
        let bytes = HEXLOWER_PERMISSIVE.decode(stored.as_bytes()).ok()?;
        let opened = self.0.iter().find_map(|key| gcm(key, &bytes).or_else(|| chacha(key, &bytes)));
        // Tokens are printable; encrypted bytes are so by no chance worth speaking of.
        let clear = || bytes.iter().all(u8::is_ascii_graphic).then(|| bytes.clone());
        opened.or_else(clear).and_then(|bytes| String::from_utf8(bytes).ok())
    }
}

fn gcm(key: &[u8; 32], bytes: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = bytes.split_at_checked(GCM.0)?;
    let (sealed, tag) = rest.split_at_checked(rest.len().checked_sub(GCM.1)?)?;
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), &[], sealed, tag).ok()
}

fn chacha(key: &[u8; 32], bytes: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), sealed).ok()
}

#[cfg(test)]
mod tests;
