//! Cross-site request forgery (contract §3.2): a secret in a cookie, and tokens in forms that are that secret under a
//! one-time pad, so that no two renderings are alike. A browser flow also remembers whose it is.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared_types::{
    entropy::{Entropy, random_bytes},
    secret::{Digester, constant_time_eq},
};

const PURPOSE: &str = "csrf";

/// The secret of one browser: 32 bytes, in base64 in its cookie.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CsrfSecret([u8; 32]);

impl std::fmt::Debug for CsrfSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfSecret(..)")
    }
}

impl CsrfSecret {
    /// A fresh one.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        Self(random_bytes(entropy))
    }

    /// Reads a cookie; anything but 32 bytes in base64 is none.
    pub(crate) fn from_cookie(value: &str) -> Option<Self> {
        STANDARD.decode(value).ok()?.try_into().ok().map(Self)
    }

    /// What the cookie holds.
    pub(crate) fn cookie(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// A form token: a pad of 32 bytes and the secret under it.
    pub(crate) fn masked(&self, entropy: &dyn Entropy) -> String {
        let pad: [u8; 32] = random_bytes(entropy);
        let under: Vec<u8> = pad.iter().zip(self.0).map(|(pad, secret)| pad ^ secret).collect();
        STANDARD.encode([pad.as_slice(), &under].concat())
    }

    /// Whether a form token was made from this secret.
    #[must_use]
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(token) else { return false };
        let Some((pad, under)) = bytes.split_at_checked(32).filter(|(_, under)| under.len() == 32) else {
            return false;
        };
        let secret: Vec<u8> = pad.iter().zip(under).map(|(pad, under)| pad ^ under).collect();
        constant_time_eq(&secret, &self.0)
    }

    /// What a flow remembers of its browser.
    pub(crate) fn mark(&self, digester: &Digester) -> String {
        digester.digest(PURPOSE, &self.cookie()).hex()
    }

    /// Whether a flow remembers this browser.
    #[must_use]
    pub(crate) fn began(&self, mark: &str, digester: &Digester) -> bool {
        let candidates = digester.candidates(PURPOSE, &self.cookie());
        candidates.iter().any(|digest| constant_time_eq(digest.hex().as_bytes(), mark.as_bytes()))
    }
}

#[cfg(test)]
mod tests;
