//! Proof key for code exchange (RFC 7636), S256 alone: `plain` would hand the proof to whoever reads the request.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_types::secret::constant_time_eq;

/// An S256 challenge: 32 bytes as base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeChallenge(String);

/// Why a challenge is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChallengeError {
    #[error("The code_challenge_method must be S256.")]
    Method,
    #[error("The code_challenge must be 32 bytes as base64url without padding: 43 characters.")]
    Malformed,
    #[error("The code_challenge is missing beside the code_challenge_method.")]
    MethodAlone,
    #[error("This client must send a code_challenge (PKCE, method S256).")]
    Missing,
}

impl CodeChallenge {
    /// The challenge of a request, if it has one. RFC 7636 4.3: an absent method means `plain`, which is refused.
    pub(crate) fn of_request(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, ChallengeError> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(ChallengeError::MethodAlone),
            (Some(text), Some("S256")) => Self::parse(text).map(Some).ok_or(ChallengeError::Malformed),
            (Some(_), _) => Err(ChallengeError::Method),
        }
    }

    /// A challenge read back from where it was kept.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The challenge as sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is well formed and hashes to this challenge.
    #[must_use]
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        if !is_verifier(verifier) {
            return false;
        }
        let hash = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()));
        constant_time_eq(hash.as_bytes(), self.0.as_bytes())
    }
}

/// `43*128unreserved` (RFC 7636 4.1).
pub(crate) fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
mod tests;
