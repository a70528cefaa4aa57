//! The configured algorithm: what new hashes are made by.

use shared_types::entropy::Entropy;

use super::{Error, LONGEST, argon2, bcrypt};
use crate::config::{self, HashAlgorithm, Hashers};

/// How new passwords are hashed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Algorithm {
    /// With this cost.
    Bcrypt(u32),
    /// Argon2id.
    Argon2(config::Argon2),
}

impl Algorithm {
    pub(super) const fn configured(config: &Hashers) -> Self {
        match config.algorithm {
            HashAlgorithm::Bcrypt => Self::Bcrypt(config.bcrypt_cost),
            HashAlgorithm::Argon2 => Self::Argon2(config.argon2),
        }
    }

    /// The most bytes of a password it looks at.
    pub(super) const fn longest(&self) -> usize {
        match self {
            Self::Bcrypt(_) => bcrypt::MAX_BYTES,
            Self::Argon2(_) => LONGEST,
        }
    }

    /// Bytes of memory a hash takes.
    pub(super) const fn memory(&self) -> usize {
        match self {
            Self::Bcrypt(_) => 0,
            Self::Argon2(cost) => cost.memory_kib as usize * 1024,
        }
    }

    /// A new salt.
    pub(super) fn salt(&self, entropy: &dyn Entropy) -> Vec<u8> {
        let length = match self {
            Self::Bcrypt(_) => bcrypt::SALT,
            Self::Argon2(cost) => cost.salt_length,
        };
        let mut salt = vec![0; length];
        entropy.fill(&mut salt);
        salt
    }

    pub(super) fn hash(&self, password: &[u8], salt: &[u8]) -> Result<String, Error> {
        match self {
            Self::Bcrypt(cost) => bcrypt::hash(password, *cost, salt),
            Self::Argon2(cost) => argon2::hash(password, cost, salt),
        }
    }

    /// Should a hash that matches be replaced by a new one?
    pub(super) fn is_due(&self, stored: &str) -> bool {
        match self {
            Self::Bcrypt(cost) => bcrypt::is_due(stored, *cost),
            Self::Argon2(cost) => argon2::is_due(stored, cost),
        }
    }

    /// Takes as long as a comparison, and compares nothing.
    pub(super) fn spend(&self) -> Result<(), Error> {
        self.hash(b"nobody's password", &[0x5a; 64]).map(|_| ())
    }
}
