//! JSON bodies in, and ids as parts of a path out.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::error::ApiError;

/// The body as JSON.
pub(crate) fn json_of(bytes: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| ApiError::Invalid(format!("The body is not JSON: {error}.")))
}

/// An id as one segment of a path.
pub(crate) fn segment(id: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(id, PLAIN).to_string()
}
