//! Signature algorithms of JSON Web Signatures (RFC 7518 3.1, RFC 8037 3.1): the asymmetric ones this server signs with and accepts.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::sha::{sha256, sha384, sha512};

/// An asymmetric signature algorithm. `none` and HMAC are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Alg {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    /// Ed25519.
    EdDsa,
}

/// What clients call EdDSA with a key of this curve since RFC 9864; older ones do not know the name.
const ED25519: &str = "Ed25519";

impl Alg {
    /// All of them, in the order in which metadata lists them.
    pub(crate) const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// As it stands in a token's header.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm by its name, or by the one RFC 9864 2.2 gave it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = if name == ED25519 { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|alg| alg.as_str() == name)
    }

    /// The names of all, for metadata and registration rules.
    pub(crate) fn names() -> [&'static str; 10] {
        Self::ALL.map(Self::as_str)
    }

    /// The names by which clients may sign. This server signs by [`Self::names`] alone.
    pub(crate) fn accepted() -> Vec<&'static str> {
        Self::names().into_iter().chain([ED25519]).collect()
    }

    /// The left half of the hash whose size is the algorithm's, in base64url: `at_hash`, `c_hash`, `s_hash`
    /// (OpenID Connect Core 3.1.3.6; Ed25519 hashes with SHA-512).
    pub(crate) fn half_hash(self, text: &str) -> String {
        let half = |hash: &[u8]| URL_SAFE_NO_PAD.encode(hash.split_at(hash.len() / 2).0);
        match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => half(&sha256(text.as_bytes())),
            Self::Rs384 | Self::Ps384 | Self::Es384 => half(&sha384(text.as_bytes())),
            Self::Rs512 | Self::Ps512 | Self::Es512 | Self::EdDsa => half(&sha512(text.as_bytes())),
        }
    }
}
