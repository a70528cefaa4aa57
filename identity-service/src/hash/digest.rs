//! Digests by the names stored hashes know them by.

use ::hmac::{Hmac, KeyInit as _, Mac as _};
use md4::{Digest as _, Md4};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};

use super::Error;

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Md4,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// By its name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "md4" => Self::Md4,
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha224" => Self::Sha224,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Bytes of its value.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Md4 | Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// As OpenSSL has it, which has MD4 no more.
    pub(super) fn openssl(self) -> Option<MessageDigest> {
        Some(match self {
            Self::Md4 => return None,
            Self::Md5 => MessageDigest::md5(),
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha224 => MessageDigest::sha224(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        })
    }

    /// The digest of some bytes.
    pub(super) fn of(self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let Some(digest) = self.openssl() else { return Ok(Md4::digest(bytes).to_vec()) };
        openssl::hash::hash(digest, bytes).map(|value| value.to_vec()).map_err(|_| Error::Unreadable)
    }

    /// HMAC (RFC 2104) over it.
    pub(super) fn mac(self, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let Some(digest) = self.openssl() else {
            let mut mac = Hmac::<Md4>::new_from_slice(key).map_err(|_| Error::Unreadable)?;
            mac.update(bytes);
            return Ok(mac.finalize().into_bytes().to_vec());
        };
        let sign = || {
            let key = PKey::hmac(key)?;
            Signer::new(digest, &key)?.sign_oneshot_to_vec(bytes)
        };
        sign().map_err(|_| Error::Unreadable)
    }
}
