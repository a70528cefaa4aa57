//! Argon2 (RFC 9106): `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`.

use std::ops::RangeInclusive;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, stored::Stored, text};
use crate::config::{self, Argon2 as Cost};

struct Hash {
    kind: ::argon2::Algorithm,
    version: ::argon2::Version,
    params: ::argon2::Params,
    salt: Vec<u8>,
    key: Vec<u8>,
}

/// Bytes of a key.
const KEY: RangeInclusive<usize> = 4..=128;
/// Bytes of a salt.
const SALT: RangeInclusive<usize> = 8..=128;

/// Reads `$argon2id$..` and `$argon2i$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    Ok(Box::new(parse(text)?))
}

fn parse(text: &str) -> Result<Hash, Unusable> {
    let grammar = "$argon2id$v=19$m=..,t=..,p=..$<salt>$<hash>";
    let [kind, version, cost, salt, key] = text::parts(text, grammar)?;
    let kind = if kind == "argon2id" { ::argon2::Algorithm::Argon2id } else { ::argon2::Algorithm::Argon2i };
    let version = match version {
        "v=19" => ::argon2::Version::V0x13,
        "v=16" => ::argon2::Version::V0x10,
        _ => return Err(Unusable::new("its version must be v=19 or v=16")),
    };
    let [m, t, p] = text::numbers(cost, ["m", "t", "p"])?;
    let (m, t, p) = (
        text::within("m", m, 8..=config::MAX_ARGON2_MEMORY_KIB)?,
        text::within("t", t, 1..=config::MAX_ARGON2_ITERATIONS)?,
        text::within("p", p, 1..=config::MAX_ARGON2_PARALLELISM)?,
    );
    let (salt, key) = (text::bytes("salt", salt, SALT)?, text::bytes("hash", key, KEY)?);
    let params = ::argon2::Params::new(m, t, p, Some(key.len()))
        .map_err(|_| Unusable::new("m must be at least eight times p"))?;
    Ok(Hash { kind, version, params, salt, key })
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let context = ::argon2::Argon2::new(self.kind, self.version, self.params.clone());
        let key = derive(&context, password, &self.salt, self.key.len())?;
        Ok(constant_time_eq(&key, &self.key))
    }

    fn memory(&self) -> usize {
        self.params.m_cost() as usize * 1024
    }
}

fn derive(context: &::argon2::Argon2<'_>, password: &[u8], salt: &[u8], length: usize) -> Result<Vec<u8>, Error> {
    let mut key = vec![0; length];
    context.hash_password_into(password, salt, &mut key).map_err(|_| Error::Unreadable)?;
    Ok(key)
}

/// A new Argon2id hash.
pub(super) fn hash(password: &[u8], cost: &Cost, salt: &[u8]) -> Result<String, Error> {
    let (m, t, p) = (cost.memory_kib, cost.iterations, cost.parallelism);
    let params = ::argon2::Params::new(m, t, p, Some(cost.key_length)).map_err(|_| Error::Unreadable)?;
    let context = ::argon2::Argon2::new(::argon2::Algorithm::Argon2id, ::argon2::Version::V0x13, params);
    let key = derive(&context, password, salt, cost.key_length)?;
    Ok(format!("$argon2id$v=19$m={m},t={t},p={p}${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(key)))
}

/// Should a matching hash be replaced by one of this cost? The number of lanes makes it neither dearer nor cheaper, and
/// by default it follows the machine: replicas on different ones must not replace each other's hashes in turns.
pub(super) fn is_due(stored: &str, cost: &Cost) -> bool {
    let Ok(hash) = parse(stored) else { return true };
    hash.kind != ::argon2::Algorithm::Argon2id
        || hash.version != ::argon2::Version::V0x13
        || hash.params.m_cost() != cost.memory_kib
        || hash.params.t_cost() != cost.iterations
        || hash.key.len() != cost.key_length
        || hash.salt.len() < cost.salt_length
}
