//! The parameters of a request, in the order they came, from the query and the form body together.
//!
//! RFC 6749 3.1: a parameter without a value counts as absent, an unknown one is ignored, and none may come twice.

use url::form_urlencoded;

use super::error::{OAuthCode, OAuthError};

/// Names and values as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads a query string.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { pairs }
    }

    /// Adds the parameters of a form body behind those already here.
    #[must_use]
    pub(crate) fn and_body(mut self, body: &[u8]) -> Self {
        self.pairs.extend(form_urlencoded::parse(body).into_owned());
        self
    }

    /// The same parameters, unless one holds the character U+0000, which databases disagree about.
    pub(crate) fn without_nul(self) -> Result<Self, OAuthError> {
        if self.pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(OAuthError::new(OAuthCode::InvalidRequest).because("A parameter holds the character U+0000."));
        }
        Ok(self)
    }

    /// The first value under `name`; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every value under `name` that is not empty.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.pairs.iter().filter(move |(key, value)| key == name && !value.is_empty());
        named.map(|(_, value)| value.as_str())
    }

    /// Whether `name` was sent, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// Whether `name` was sent more than once.
    pub(crate) fn repeats(&self, name: &str) -> bool {
        self.pairs.iter().filter(|(key, _)| key == name).nth(1).is_some()
    }

    /// The same parameters without the named ones.
    #[must_use]
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let kept = self.pairs.iter().filter(|(key, _)| !names.contains(&key.as_str()));
        Self { pairs: kept.cloned().collect() }
    }

    /// The same parameters with one more at the end.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The parameters as a query string; [`Params::parse`] reads it back.
    pub(crate) fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }

    /// The parameters in the order sent.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests;
