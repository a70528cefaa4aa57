//! Columns that hold more than one value, and the error of one that does not.

use serde::{Serialize, de::DeserializeOwned};
use shared_types::{db::Error, secret::Digest};

/// A column of a table, for the error that names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column(pub(super) &'static str, pub(super) &'static str);

impl Column {
    pub(super) const fn corrupt(self) -> Error {
        Error::Corrupt { table: self.0, column: self.1 }
    }

    /// Reads a JSON column.
    pub(super) fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|_| self.corrupt())
    }

    /// Reads a digest.
    pub(super) fn digest(self, bytes: &[u8]) -> Result<Digest, Error> {
        Digest::from_slice(bytes).ok_or_else(|| self.corrupt())
    }

    /// Reads anything that parses.
    pub(super) fn parse<T: std::str::FromStr>(self, text: &str) -> Result<T, Error> {
        text.parse().map_err(|_| self.corrupt())
    }
}

/// A value as a JSON column.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Backend(Box::new(error)))
}

/// Scopes as a column: separated by blanks, which no scope holds.
pub(super) fn split_scope(text: &str) -> Vec<String> {
    text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
