//! What the OAuth2 provider is told of an identity whose access has ended.

use std::time::Duration;

use shared_types::{id::NoticeId, time::Time};

/// The first pause after a try that failed; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// One subject whose consents, tokens and logins are to be revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Its row.
    pub(crate) id: NoticeId,
    /// The identity, by the name the provider knows it by.
    pub(crate) subject: String,
    /// How often it was tried without success.
    pub(crate) attempts: i32,
    /// When it is tried next.
    pub(crate) next_at: Time,
    /// When the access ended.
    pub(crate) created_at: Time,
}

impl Notice {
    /// The same after one more try in vain.
    pub(crate) fn postponed(self, now: Time) -> Self {
        let times = 1_u32.checked_shl(u32::try_from(self.attempts).unwrap_or_default()).unwrap_or(u32::MAX);
        let next_at = now + PAUSE.saturating_mul(times).min(LONGEST_PAUSE);
        Self { attempts: self.attempts.saturating_add(1), next_at, ..self }
    }
}
