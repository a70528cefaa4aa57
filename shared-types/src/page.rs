//! Keyset paging: opaque page tokens that expire, and the Link header SDKs follow.
//! Contract: identity 10.4, oauth 1.4.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{entropy::Entropy, seal::Sealer, time::Time};

/// What a list operation was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most.
    pub size: usize,
    /// The key of the last item of the page before, as the list orders it.
    pub after: Option<String>,
}

/// A page token that is not ours, or is older than an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not made here, or altered.
    #[error("the page_token is not valid")]
    Invalid,
    /// Made more than an hour ago.
    #[error("the page_token has expired")]
    Expired,
}

/// Makes and reads page tokens.
#[derive(Debug, Clone)]
pub struct PageTokens {
    sealer: Sealer,
}

#[derive(Serialize, Deserialize)]
struct Content {
    k: String,
    e: i64,
}

const PURPOSE: &str = "page token";

impl PageTokens {
    /// Tokens sealed with `secrets.pagination`, or what stands in for it.
    pub const fn new(sealer: Sealer) -> Self {
        Self { sealer }
    }

    /// A token for the page after `key`, good for an hour.
    pub fn encode(&self, key: &str, now: Time, entropy: &dyn Entropy) -> String {
        let content = Content { k: key.to_owned(), e: (now + Duration::hours(1)).timestamp() };
        // A text and a number always serialise; an empty token would only be refused when it comes back.
        self.sealer.seal_packed(PURPOSE, entropy, &content).unwrap_or_default()
    }

    /// The key inside a token.
    pub fn decode(&self, token: &str, now: Time) -> Result<String, PageError> {
        let content: Content = self.sealer.open_packed(PURPOSE, token).map_err(|_| PageError::Invalid)?;
        if content.e < now.timestamp() { Err(PageError::Expired) } else { Ok(content.k) }
    }
}

/// The `Link` header of a list: `first` always, `next` while there is one. `query` holds the other parameters to keep.
pub fn link_header(path: &str, query: &[(String, String)], size: usize, next: Option<&str>) -> String {
    let target = |token: &str| {
        let mut text = format!("<{path}?page_size={size}&page_token={}", encode(token));
        for (name, value) in query {
            text.push('&');
            text.push_str(&encode(name));
            text.push('=');
            text.push_str(&encode(value));
        }
        text.push('>');
        text
    };
    let first = format!("{}; rel=\"first\"", target(""));
    match next {
        Some(token) => format!("{first}, {}; rel=\"next\"", target(token)),
        None => first,
    }
}

/// Percent-encodes one query component.
fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests;
