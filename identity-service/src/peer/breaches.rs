//! Passwords known from breaches, by the range API of Have I Been Pwned or a copy of it: five of the forty digits of the
//! SHA-1 leave, and the answer holds everything that begins with them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use shared_types::{
    http::client::{HttpError, HttpRequest},
    time::Time,
};
use url::Url;

use crate::app::Cx;

/// A registration does not wait longer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long an answer is used.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// Ranges that are kept; one takes about 60 KiB.
const RANGES: usize = 256;

/// Why it is not known whether a password is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BreachError {
    /// The base URL and a range are no URL.
    #[error("the list of breached passwords has no URL")]
    Url,
    /// The other side is at fault.
    #[error("the list of breached passwords answered with status {0}")]
    Status(u16),
    /// No answer came.
    #[error("the list of breached passwords cannot be reached")]
    Unreachable(#[from] HttpError),
}

/// A part of the list: how often the digests of one range were seen, by their last 35 digits.
struct Range {
    until: Time,
    counts: HashMap<String, u64>,
}

/// The ranges that were asked for lately.
pub(crate) struct Breaches(Cache<String, Arc<Range>>);

impl Default for Breaches {
    fn default() -> Self {
        Self(Cache::new(RANGES))
    }
}

impl Breaches {
    /// How often a password was seen, by the digits of its SHA-1 in capital letters.
    pub(crate) async fn count(&self, cx: &Cx, base: &Url, digits: &str) -> Result<u64, BreachError> {
        let (prefix, suffix) = digits.split_at_checked(5).ok_or(BreachError::Url)?;
        let url = base.join(&format!("range/{prefix}")).map_err(|_| BreachError::Url)?;
        let known = self.0.get(url.as_str()).filter(|range| cx.now < range.until && range.until - cx.now <= KEPT);
        let range = if let Some(range) = known {
            range
        } else {
            let range = Arc::new(Range { until: cx.now + KEPT, counts: read(cx, url.clone()).await? });
            self.0.insert(url.into(), Arc::clone(&range));
            range
        };
        Ok(range.counts.get(suffix).copied().unwrap_or_default())
    }
}

async fn read(cx: &Cx, url: Url) -> Result<HashMap<String, u64>, BreachError> {
    // Padding hides from onlookers how many digests share the prefix.
    let mut request = HttpRequest::new("GET", url).header("add-padding", "true");
    request.timeout = Some(PATIENCE);
    let reply = cx.http.send(request).await?;
    if reply.status != 200 {
        return Err(BreachError::Status(reply.status));
    }
    Ok(counts(&String::from_utf8_lossy(&reply.body)))
}

/// The lines of an answer. One without a count means once; padding is seen never.
fn counts(listed: &str) -> HashMap<String, u64> {
    let line = |line: &str| {
        let (suffix, count) = line.split_once(':').unwrap_or((line, "1"));
        let count = count.trim().parse().unwrap_or(1);
        (count > 0).then(|| (suffix.trim().to_ascii_uppercase(), count))
    };
    listed.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests;
