//! PBKDF2 (RFC 8018): `$pbkdf2-<digest>$i=<iterations>,l=<length>$<salt>$<hash>`.

use openssl::{hash::MessageDigest, pkcs5::pbkdf2_hmac};
use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, digest::Digest, stored::Stored, text};

const MAX_ITERATIONS: usize = 10_000_000;
/// Each block of the key takes all iterations: a long key must not be a way around the limit.
const MAX_WORK: usize = 2 * MAX_ITERATIONS;

struct Hash {
    digest: Digest,
    iterations: usize,
    salt: Vec<u8>,
    key: Vec<u8>,
}

/// Reads `$pbkdf2-sha256$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let [name, cost, salt, key] = text::parts(text, "$pbkdf2-<digest>$i=..,l=..$<salt>$<hash>")?;
    let digest = name.strip_prefix("pbkdf2-").and_then(Digest::named);
    let digest = digest.filter(|digest| !matches!(digest, Digest::Md4 | Digest::Md5));
    let digest = digest.ok_or_else(|| Unusable::new("its digest must be sha1, sha224, sha256, sha384 or sha512"))?;
    let [iterations, _] = text::numbers(cost, ["i", "l"])?;
    let iterations = text::within("i", iterations, 1..=MAX_ITERATIONS)?;
    let (salt, key) = (text::bytes("salt", salt, text::SALT)?, text::bytes("hash", key, 8..=256)?);
    if iterations * key.len().div_ceil(digest.length()) > MAX_WORK {
        return Err(Unusable::new(format_args!("i is too large for so long a hash: {MAX_WORK} rounds are possible")));
    }
    Ok(Box::new(Hash { digest, iterations, salt, key }))
}

impl Hash {
    fn is(&self, digest: MessageDigest, password: &[u8]) -> Result<bool, Error> {
        let mut key = vec![0; self.key.len()];
        pbkdf2_hmac(password, &self.salt, self.iterations, digest, &mut key).map_err(|_| Error::Unreadable)?;
        Ok(constant_time_eq(&key, &self.key))
    }
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let named = self.digest.openssl().ok_or(Error::Unreadable)?;
        if self.is(named, password)? {
            return Ok(true);
        }
        // Kratos computes SHA-3 under these two names; everybody else means SHA-2 by them.
        match self.digest {
            Digest::Sha224 => self.is(MessageDigest::sha3_224(), password),
            Digest::Sha384 => self.is(MessageDigest::sha3_384(), password),
            _ => Ok(false),
        }
    }
}
