//! What was made of a text behind a URL, kept for an hour, so that a changed file or document is noticed without a restart.

use std::sync::{Mutex, PoisonError};

use shared_types::{http::client::HttpClient, time::Time};

use super::{shown, text};

/// How long it is kept.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// When what cannot be read any more is tried again.
const RETRY: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// Makes something of a text. It is given the name messages know the text by, and the text; its error says what is wrong.
pub(crate) type Make<T> = fn(&str, &str) -> Result<T, String>;

/// Something made of a text behind a URL.
pub(crate) struct Kept<T> {
    url: String,
    make: Make<T>,
    /// The last one, and when it is made again.
    last: Mutex<Option<(Time, T)>>,
    /// Held while it is read, so that one request reads and the others do not.
    reading: tokio::sync::Mutex<()>,
}

impl<T> std::fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({})", shown(&self.url))
    }
}

impl<T: Clone> Kept<T> {
    /// Made when it is first asked for.
    pub(crate) fn later(url: &str, make: Make<T>) -> Self {
        Self { url: url.to_owned(), make, last: Mutex::default(), reading: tokio::sync::Mutex::default() }
    }

    /// Made now; the error says why it cannot be.
    pub(crate) async fn now(url: &str, make: Make<T>, http: &HttpClient, now: Time) -> Result<Self, String> {
        let kept = Self::later(url, make);
        kept.get(http, now).await?;
        Ok(kept)
    }

    /// What is behind the URL, as it was within the last hour, or as it was last when it cannot be had any more.
    pub(crate) async fn get(&self, http: &HttpClient, now: Time) -> Result<T, String> {
        let last = self.last();
        let _reading = match (&last, self.reading.try_lock()) {
            (Some((due, value)), _) if is_fresh(*due, now) => return Ok(value.clone()),
            (_, Ok(reading)) => reading,
            (Some((_, value)), Err(_)) => return Ok(value.clone()),
            (None, Err(_)) => self.reading.lock().await,
        };
        // Somebody else may have read it in between.
        let last = self.last();
        if let Some((due, value)) = &last
            && is_fresh(*due, now)
        {
            return Ok(value.clone());
        }
        let name = shown(&self.url);
        let made = text(&self.url, http).await.and_then(|text| (self.make)(&name, &text));
        match (made, last) {
            (Ok(value), _) => {
                self.keep(now + KEPT, &value);
                Ok(value)
            }
            (Err(why), Some((_, value))) => {
                tracing::warn!(url = name, reason = why, "cannot be read again; what was read last is used");
                self.keep(now + RETRY, &value);
                Ok(value)
            }
            (Err(why), None) => Err(why),
        }
    }

    fn last(&self) -> Option<(Time, T)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, due: Time, value: &T) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((due, value.clone()));
    }
}

/// A clock that was set back must not keep anything forever.
fn is_fresh(due: Time, now: Time) -> bool {
    now < due && due - now <= KEPT
}

#[cfg(test)]
mod tests;
