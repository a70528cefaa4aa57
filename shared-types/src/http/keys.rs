//! Bearer keys of an admin API.

use actix_web::http::header::{self, HeaderMap};

use crate::secret::{Secret, constant_time_eq};

/// The keys an admin listener demands; without any it demands none.
#[derive(Debug, Clone, Default)]
pub struct ApiKeys(Vec<Secret<String>>);

impl ApiKeys {
    /// These keys, each good for everything.
    pub const fn new(keys: Vec<Secret<String>>) -> Self {
        Self(keys)
    }

    /// Whether any key is demanded.
    pub fn demanded(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the request may pass: no key is demanded, or `Authorization: Bearer` holds one. Every key is compared,
    /// in constant time each.
    #[must_use]
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        if !self.demanded() {
            return true;
        }
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((scheme, token)) = sent.and_then(|text| text.split_once(' ')) else {
            return false;
        };
        let found = self
            .0
            .iter()
            .fold(false, |found, key| constant_time_eq(key.expose().as_bytes(), token.trim().as_bytes()) | found);
        scheme.eq_ignore_ascii_case("bearer") && found
    }
}

#[cfg(test)]
mod tests;
