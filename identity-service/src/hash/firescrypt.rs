//! Firebase's variation on scrypt: the project's signer key, encrypted under the key scrypt derives.
//! `$firescrypt$ln=<log N>,r=<r>,p=<p>$<salt>$<hash>$<salt separator>$<signer key>`.

use openssl::symm::{Cipher, encrypt};
use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, scrypt::Cost, stored::Stored, text};

/// AES-256.
const KEY: usize = 32;

struct Hash {
    cost: Cost,
    /// With the project's separator behind it.
    salt: Vec<u8>,
    value: Vec<u8>,
    signer_key: Vec<u8>,
}

/// Reads `$firescrypt$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let grammar = "$firescrypt$ln=..,r=..,p=..$<salt>$<hash>$<salt separator>$<signer key>";
    let [_, cost, salt, hash, separator, signer_key] = text::parts(text, grammar)?;
    let [ln, r, p] = text::numbers(cost, ["ln", "r", "p"])?;
    let cost = Cost::checked(1 << text::within("ln", ln, 1..=17_u32)?, r, p)?;
    let mut salt = text::bytes("salt", salt, text::SALT)?;
    salt.extend(text::bytes("salt separator", separator, text::SALT)?);
    let signer_key = text::bytes("signer key", signer_key, 1..=512)?;
    let hash = text::bytes("hash", hash, signer_key.len()..=signer_key.len())?;
    Ok(Box::new(Hash { cost, salt, value: hash, signer_key }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let key = self.cost.key(password, &self.salt, KEY)?;
        let nonce = [0; 16];
        let hash =
            encrypt(Cipher::aes_256_ctr(), &key, Some(&nonce), &self.signer_key).map_err(|_| Error::Unreadable)?;
        Ok(constant_time_eq(&hash, &self.value))
    }

    fn memory(&self) -> usize {
        self.cost.memory()
    }
}
