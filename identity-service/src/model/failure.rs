//! Failed sign-ins of one account and the growing delay that follows them.

use std::time::Duration;

use shared_types::{secret::Digest, time::Time};

/// Failed sign-ins before the first delay.
pub(crate) const FREE_SIGN_INS: i32 = 5;
/// The longest delay: nobody can be locked out for good.
const LONGEST: Duration = Duration::from_mins(15);
/// Places an account was signed in to from are remembered this long.
pub(crate) const KNOWN_FOR: Duration = Duration::from_hours(24 * 30);
/// Failures older than this are forgotten.
pub(crate) const FORGET_AFTER: Duration = Duration::from_hours(24);

/// Whose failures are counted: keyed digests, so that unknown accounts look like known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountKey {
    /// The account, for whoever has never signed in to it.
    pub(crate) account: Digest,
    /// The account as tried from one place. Places it was signed in to from are counted by themselves, so that nobody
    /// can lock its owner out from elsewhere.
    pub(crate) place: Digest,
}

/// The failures counted for one account (a keyed digest of its identifier, so unknown accounts look the same).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failures {
    pub(crate) count: i32,
    pub(crate) last_at: Time,
    /// No attempt is looked at before this instant.
    pub(crate) retry_at: Time,
}

impl Failures {
    /// The record after one more failure; there are delays from the failure on whose number is `free`.
    pub(crate) fn after(previous: Option<Self>, now: Time, free: i32) -> Self {
        let count = match previous {
            Some(previous) if now - previous.last_at < forget_after() => previous.count.saturating_add(1),
            _ => 1,
        };
        Self { count, last_at: now, retry_at: now + delay(count.saturating_sub(free)) }
    }

    /// How long attempts are refused from `now` on; `None` when they are not.
    pub(crate) fn wait(&self, now: Time) -> Option<Duration> {
        (self.retry_at - now).to_std().ok().filter(|wait| !wait.is_zero())
    }
}

fn forget_after() -> chrono::Duration {
    chrono::Duration::from_std(FORGET_AFTER).unwrap_or(chrono::Duration::MAX)
}

/// 1, 2, 4 .. seconds, up to the longest; none while `steps` is negative.
fn delay(steps: i32) -> chrono::Duration {
    let delay = match u32::try_from(steps) {
        Ok(steps) if steps < 20 => Duration::from_secs(1 << steps).min(LONGEST),
        Ok(_) => LONGEST,
        Err(_) => Duration::ZERO,
    };
    chrono::Duration::from_std(delay).unwrap_or(chrono::Duration::MAX)
}

#[cfg(test)]
mod tests;
