//! `$hmac-<digest>$<base64 of the code in hexadecimal digits>$<base64 of the key>`.

use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, digest::Digest, stored::Stored, text};

struct Hash {
    digest: Digest,
    /// In small hexadecimal digits.
    code: Vec<u8>,
    key: Vec<u8>,
}

/// Reads `$hmac-sha256$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let [name, code, key] = text::parts(text, "$hmac-<digest>$<code>$<key>")?;
    let digest = name.strip_prefix("hmac-").and_then(Digest::named);
    let digest =
        digest.ok_or_else(|| Unusable::new("its digest must be md4, md5, sha1, sha224, sha256, sha384 or sha512"))?;
    let length = 2 * digest.length();
    let mut code = text::bytes("code", code, length..=length)?;
    code.make_ascii_lowercase();
    Ok(Box::new(Hash { digest, code, key: text::bytes("key", key, 1..=512)? }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let code = self.digest.mac(&self.key, password)?;
        let digits = data_encoding::HEXLOWER.encode(&code);
        Ok(constant_time_eq(digits.as_bytes(), &self.code))
    }
}
