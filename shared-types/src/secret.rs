//! Secrets that cannot be printed, digests that stand for tokens at rest, and comparison in constant time.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// A value that must not reach a log or a body: no `Serialize`, and `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value; every call of this is a place to look at.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

/// What is stored in place of a token: HMAC-SHA-256 under a key of the service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as a column value.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// A digest read from a column; anything but 32 bytes is `None`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}..)", self.hex().get(..8).unwrap_or_default())
    }
}

/// Makes digests. The first secret makes new ones; all are tried on look-up, so secrets can be rotated.
#[derive(Clone)]
pub struct Digester {
    keys: Vec<Hmac<Sha256>>,
}

impl fmt::Debug for Digester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digester({} keys)", self.keys.len())
    }
}

impl Digester {
    /// A digester over the given secrets, newest first. Without any secret a fixed empty key is used: callers refuse
    /// that at boot.
    pub fn new(secrets: &[Secret<String>]) -> Self {
        // HMAC pads a key to its block of 64 bytes with zeros; giving it a whole block makes this infallible.
        let keyed = |text: &str| {
            let mut block = [0; 64];
            block[..32].copy_from_slice(&sized_key("portico digest", text.as_bytes()));
            Hmac::<Sha256>::new(&block.into())
        };
        let mut keys: Vec<_> = secrets.iter().map(|secret| keyed(secret.expose())).collect();
        if keys.is_empty() {
            keys.push(keyed(""));
        }
        Self { keys }
    }

    /// The digest of `text` for `purpose` under the newest key. Purposes keep kinds of tokens apart.
    pub fn digest(&self, purpose: &str, text: &str) -> Digest {
        self.keys.first().map_or(Digest([0; 32]), |key| one(key, purpose, text))
    }

    /// The digests of `text` under every key, newest first, for look-ups during a rotation.
    pub fn candidates(&self, purpose: &str, text: &str) -> Vec<Digest> {
        self.keys.iter().map(|key| one(key, purpose, text)).collect()
    }

    /// How many keys a look-up must try.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }
}

fn one(key: &Hmac<Sha256>, purpose: &str, text: &str) -> Digest {
    let mut mac = key.clone();
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    Digest(mac.finalize().into_bytes().into())
}

/// A 32-byte key from a secret of any length, bound to what it is used for.
pub(crate) fn sized_key(label: &str, secret: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    let mut hash = Sha256::new();
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(secret);
    hash.finalize().into()
}

/// Equality that takes the same time wherever the first difference stands. Lengths may be told apart.
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests;
