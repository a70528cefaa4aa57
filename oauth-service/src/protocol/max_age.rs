//! `max_age`: how long ago, at most, the person may have logged in (OpenID Connect Core 3.1.2.1).

use chrono::Duration;
use shared_types::time::Time;

/// A greatest age in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MaxAge(u32);

impl MaxAge {
    /// Reads a whole number of seconds; a larger one than a century is a century.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let century = 3_155_760_000;
        Some(Self(text.parse::<u32>().unwrap_or(century).min(century)))
    }

    /// A registered number of seconds.
    pub(crate) const fn of_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Whether a login at `authenticated_at` is too old at `now`. An age of zero takes no earlier login at all.
    pub(crate) fn is_exceeded(self, authenticated_at: Time, now: Time) -> bool {
        self.0 == 0 || authenticated_at + Duration::seconds(i64::from(self.0)) < now
    }
}

#[cfg(test)]
mod tests;
