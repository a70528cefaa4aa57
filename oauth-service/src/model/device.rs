//! What a device asked for, and what became of it (RFC 8628; contract 4.8).

use serde::{Deserialize, Serialize};
use shared_types::{id::ClientId, secret::Digest, time::Time, typed_uuid};

use super::{challenge::AuthFlowId, token::Granted};

typed_uuid!(
    /// One request of a device.
    DeviceRequestId
);

/// A request, from the code on the screen to the tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeviceRequest {
    pub(crate) id: DeviceRequestId,
    /// Of the code the device keeps to itself.
    pub(crate) device_digest: Digest,
    /// Of the code on its screen.
    pub(crate) user_digest: Digest,
    pub(crate) client_id: ClientId,
    /// Asked for.
    pub(crate) scope: Vec<String>,
    /// Asked for.
    pub(crate) audience: Vec<String>,
    pub(crate) polling: Polling,
    pub(crate) state: DeviceState,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Time,
}

/// How often the device may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Polling {
    /// Seconds.
    pub(crate) interval: i64,
    /// When it asked last.
    pub(crate) last: Option<Time>,
}

/// RFC 8628 3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests".
const SLOWER: i64 = 5;

impl Polling {
    /// Counts a question. `Err`: it came too soon, and the next must wait for longer.
    pub(crate) fn asked(self, now: Time) -> Result<Self, Self> {
        let next = Self { last: Some(now), ..self };
        let soon = self.last.is_some_and(|last| now < last + chrono::Duration::seconds(self.interval));
        if soon { Err(Self { interval: self.interval.saturating_add(SLOWER), ..next }) } else { Ok(next) }
    }
}

/// How far a request has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DeviceState {
    /// Nobody has typed its code.
    Pending,
    /// Somebody typed the code and is deciding.
    Claimed,
    /// The person agreed; the device may fetch its tokens.
    Granted(Granted),
    /// The person refused.
    Denied,
    /// The device has its tokens.
    Used,
}

/// What the page that asks for the code is given. Sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceChallenge {
    #[serde(rename = "i")]
    pub(crate) id: AuthFlowId,
    /// What this browser holds in a cookie.
    #[serde(rename = "x")]
    pub(crate) csrf: String,
    /// Where the browser is: guesses are counted by it.
    #[serde(rename = "a")]
    pub(crate) address: String,
    #[serde(rename = "t", with = "chrono::serde::ts_microseconds")]
    pub(crate) requested_at: Time,
}

/// That somebody typed the right code. Sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceVerifier {
    #[serde(rename = "d")]
    pub(crate) request: DeviceRequestId,
    #[serde(rename = "x")]
    pub(crate) csrf: String,
    #[serde(rename = "t", with = "chrono::serde::ts_microseconds")]
    pub(crate) requested_at: Time,
}

#[cfg(test)]
mod tests;
