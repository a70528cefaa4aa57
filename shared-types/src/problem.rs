//! The JSON error body of identity-service (contract identity 0.2): an envelope under `error`, with a few keys beside it.

use serde_json::{Map, Value, json};

/// An error as a client of the JSON API sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The stable error id clients branch on.
    pub id: Option<&'static str>,
    /// The HTTP status.
    pub code: u16,
    /// What went wrong here, in a sentence.
    pub reason: Option<String>,
    /// Shown only in development mode.
    pub debug: Option<String>,
    /// Machine-readable facts inside the envelope.
    pub details: Map<String, Value>,
    /// Replaces the general sentence of the status.
    pub message: Option<String>,
    /// Keys that stand beside `error`, such as `redirect_browser_to`.
    pub siblings: Map<String, Value>,
}

impl Problem {
    /// An error of the given HTTP status.
    pub fn new(code: u16) -> Self {
        Self { id: None, code, reason: None, debug: None, details: Map::new(), message: None, siblings: Map::new() }
    }

    /// Names the stable id.
    #[must_use]
    pub fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    /// Says what went wrong here.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Adds what only development mode shows.
    #[must_use]
    pub fn debug(mut self, debug: impl Into<String>) -> Self {
        self.debug = Some(debug.into());
        self
    }

    /// Replaces the general sentence of the status.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds a fact inside the envelope.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a key beside `error`.
    #[must_use]
    pub fn sibling(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.siblings.insert(key.to_owned(), value.into());
        self
    }

    /// The error object itself, as it also appears inside batch answers and stored flow errors.
    pub fn error(&self, request_id: Option<&str>, dev: bool) -> Value {
        let mut error = Map::new();
        if let Some(id) = self.id {
            error.insert("id".into(), json!(id));
        }
        error.insert("code".into(), json!(self.code));
        error.insert("status".into(), json!(status_text(self.code)));
        if let Some(request) = request_id.filter(|r| !r.is_empty()) {
            error.insert("request".into(), json!(request));
        }
        if let Some(reason) = &self.reason {
            error.insert("reason".into(), json!(reason));
        }
        if let Some(debug) = self.debug.as_ref().filter(|_| dev) {
            error.insert("debug".into(), json!(debug));
        }
        if !self.details.is_empty() {
            error.insert("details".into(), Value::Object(self.details.clone()));
        }
        let message = self.message.clone().unwrap_or_else(|| general_message(self.code).to_owned());
        error.insert("message".into(), json!(message));
        Value::Object(error)
    }

    /// The whole body. `request_id` is echoed when the caller sent one; `dev` shows `debug`.
    pub fn body(&self, request_id: Option<&str>, dev: bool) -> Value {
        let mut body = Map::new();
        body.insert("error".into(), self.error(request_id, dev));
        body.extend(self.siblings.clone());
        Value::Object(body)
    }
}

/// The reason phrase of a status this API answers with.
pub fn status_text(code: u16) -> &'static str {
    match code {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    }
}

fn general_message(code: u16) -> &'static str {
    match code {
        400 => "The request was malformed or contained invalid parameters",
        401 => "The request could not be authorized",
        403 => "The requested action was forbidden",
        404 => "The requested resource could not be found",
        405 => "This resource does not support that method",
        409 => "The resource could not be created due to a conflict",
        410 => "The resource is no longer available",
        413 => "The request body is too large",
        415 => "The request body has a content type that is not supported",
        422 => "The request could not be completed as it is",
        429 => "Too many requests, try again later",
        502 => "An upstream service could not be reached or failed",
        503 => "The service is busy, try again shortly",
        _ => "An internal server error occurred, please contact the system administrator",
    }
}

#[cfg(test)]
mod tests;
