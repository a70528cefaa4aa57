//! `totp`: the URL an authenticator app was given (contract §4.1), and the last code that was taken.

use serde::{Deserialize, Serialize};

/// The content of a `totp` credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totp {
    /// `otpauth://totp/..`, with the shared secret.
    pub(crate) totp_url: String,
    /// The time step of the last code that was taken: no code is taken twice (RFC 6238, 5.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_step: Option<u64>,
}
