//! What LDAP directories keep: `{SSHA}<base64 of digest and salt>`, with SHA-1, SHA-256 or SHA-512.

use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, digest::Digest, stored::Stored, text};

struct Hash {
    digest: Digest,
    value: Vec<u8>,
    salt: Vec<u8>,
}

/// Reads `{SSHA}..`, `{SSHA256}..` and `{SSHA512}..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let (scheme, encoded) = text.trim_start_matches('{').split_once('}').unwrap_or_default();
    let digest = match scheme {
        "SSHA" => Digest::Sha1,
        "SSHA256" => Digest::Sha256,
        _ => Digest::Sha512,
    };
    let length = digest.length();
    let mut value = text::bytes("hash with its salt", encoded, length + 1..=length + text::SALT.end())?;
    let salt = value.split_off(length);
    Ok(Box::new(Hash { digest, value, salt }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        Ok(constant_time_eq(&self.digest.of(&[password, &self.salt].concat())?, &self.value))
    }
}
