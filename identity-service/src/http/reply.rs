//! Answers that are no errors.

use std::fmt::Write as _;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, HeaderValue, LOCATION},
    },
};
use serde::Serialize;

use super::error::ApiError;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// JSON with status 200.
pub(crate) fn json(body: &impl Serialize) -> Result<HttpResponse, ApiError> {
    with(HttpResponse::Ok(), body)
}

/// JSON in an answer whose status and headers are set already.
pub(crate) fn with(mut answer: HttpResponseBuilder, body: &impl Serialize) -> Result<HttpResponse, ApiError> {
    let bytes = serde_json::to_vec(body).map_err(|error| ApiError::internal(&error))?;
    Ok(answer.insert_header((CONTENT_TYPE, JSON)).body(bytes))
}

/// 204.
pub(crate) fn nothing() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// A redirect.
pub(crate) fn redirect(status: StatusCode, target: &str) -> HttpResponse {
    HttpResponse::build(status).insert_header((LOCATION, target)).finish()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
