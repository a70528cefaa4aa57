//! scrypt (RFC 7914): `$scrypt$ln=<N>,r=<r>,p=<p>$<salt>$<hash>`, in which `ln` is N itself and not its logarithm.

use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, stored::Stored, text};

const MAX_N: u64 = 1 << 17;
const MAX_R: u64 = 8;
const MAX_P: u64 = 10;
/// What the largest of these takes, and a little.
const MAX_MEMORY: u64 = 160 << 20;

/// The cost of scrypt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    n: u64,
    r: u64,
    p: u64,
}

impl Cost {
    /// One that is not hostile.
    pub(super) fn checked(n: u64, r: u64, p: u64) -> Result<Self, Unusable> {
        if !n.is_power_of_two() || !(2..=MAX_N).contains(&n) {
            return Err(Unusable::new(format_args!("N must be a power of two between 2 and {MAX_N}")));
        }
        Ok(Self { n, r: text::within("r", r, 1..=MAX_R)?, p: text::within("p", p, 1..=MAX_P)? })
    }

    /// Bytes of memory it takes.
    pub(super) fn memory(self) -> usize {
        usize::try_from(128 * self.n * self.r).unwrap_or(usize::MAX)
    }

    /// A key of so many bytes.
    pub(super) fn key(self, password: &[u8], salt: &[u8], length: usize) -> Result<Vec<u8>, Error> {
        let mut key = vec![0; length];
        openssl::pkcs5::scrypt(password, salt, self.n, self.r, self.p, MAX_MEMORY, &mut key)
            .map_err(|_| Error::Unreadable)?;
        Ok(key)
    }
}

struct Hash {
    cost: Cost,
    salt: Vec<u8>,
    key: Vec<u8>,
}

/// Reads `$scrypt$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let [_, cost, salt, key] = text::parts(text, "$scrypt$ln=..,r=..,p=..$<salt>$<hash>")?;
    let [n, r, p] = text::numbers(cost, ["ln", "r", "p"])?;
    let cost = Cost::checked(n, r, p)?;
    let (salt, key) = (text::bytes("salt", salt, text::SALT)?, text::bytes("hash", key, 8..=256)?);
    Ok(Box::new(Hash { cost, salt, key }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let key = self.cost.key(password, &self.salt, self.key.len())?;
        Ok(constant_time_eq(&key, &self.key))
    }

    fn memory(&self) -> usize {
        self.cost.memory()
    }
}
