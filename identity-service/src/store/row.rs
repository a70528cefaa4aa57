//! Columns to values: what cannot be read is reported by table and column.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_types::db::Error;

/// Names the table a row comes from while its columns are read.
#[derive(Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    const fn corrupt(self, column: &'static str) -> Error {
        Error::Corrupt { table: self.0, column }
    }

    /// An id or word column.
    pub(super) fn parse<T: std::str::FromStr>(self, column: &'static str, text: &str) -> Result<T, Error> {
        text.parse().map_err(|_| self.corrupt(column))
    }

    /// A JSON column.
    pub(super) fn json<T: DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|_| self.corrupt(column))
    }

    /// A JSON column that may be NULL.
    pub(super) fn maybe_json(self, column: &'static str, text: Option<&str>) -> Result<Option<Value>, Error> {
        text.map(|text| self.json(column, text)).transpose()
    }
}

/// JSON for a nullable column: `null` and absent are the same there.
pub(super) fn json_column(value: Option<&Value>) -> Option<String> {
    value.filter(|value| !value.is_null()).map(Value::to_string)
}
