//! The one map from errors to answers: the envelope of contract §0.2. Sources are logged here, once, and never shown.

mod flow;

use std::{error::Error as StdError, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER},
    },
};
use shared_types::{db, http::limit::RetryAfter, problem::Problem};

use crate::{
    flow::FlowError,
    hash,
    identity::{create::CreateError, import::ImportError, schema::Issue, update::UpdateError, vault::Unreadable},
    jsonnet::JsonnetError,
    session::tokenize::TokenizeError,
};

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct ApiError {
    problem: Box<Problem>,
    retry_after: Option<u64>,
}

impl ApiError {
    /// An answer that has no name of its own here.
    pub(crate) fn new(problem: Problem) -> Self {
        Self { problem: Box::new(problem), retry_after: None }
    }

    /// 400: the caller's mistake, with the field it is about.
    pub(crate) fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(Problem::new(400).reason(reason))
    }

    /// 401: no session, no key.
    pub(crate) fn unauthorized(reason: impl Into<String>) -> Self {
        Self::new(Problem::new(401).reason(reason))
    }

    /// 404.
    pub(crate) fn not_found(reason: impl Into<String>) -> Self {
        Self::new(Problem::new(404).reason(reason))
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(Problem::new(405).reason("This path does not know that method."))
    }

    /// 409.
    pub(crate) fn conflict(reason: impl Into<String>) -> Self {
        Self::new(Problem::new(409).reason(reason))
    }

    /// 413: the body is larger than a body may be.
    pub(crate) fn too_large() -> Self {
        Self::new(Problem::new(413).reason("The request body is larger than 5 MB."))
    }

    /// 403: the session needs a second factor first (contract §0.2).
    pub(crate) fn second_factor(go: &str) -> Self {
        let reason = "A second factor is needed before this session may be used here.";
        let problem = Problem::new(403).id("session_aal2_required").reason(reason);
        Self::new(problem.detail("redirect_browser_to", go).sibling("redirect_browser_to", go))
    }

    /// 500: logged with its sources here, answered without them.
    pub(crate) fn internal(source: &(dyn StdError + 'static)) -> Self {
        tracing::error!(error = source, "request failed");
        Self::new(Problem::new(500).reason("Something went wrong on our side.").debug(chain(source)))
    }

    /// 429 or 503 with the time after which it is worth trying again.
    fn later(code: u16, reason: &str, wait: Duration) -> Self {
        let retry_after = Some(RetryAfter(wait).seconds());
        Self { problem: Box::new(Problem::new(code).reason(reason)), retry_after }
    }

    /// 429.
    pub(crate) fn too_many(wait: Duration) -> Self {
        Self::later(429, "That was tried too often. Please wait a moment.", wait)
    }

    /// 503.
    pub(crate) fn busy() -> Self {
        Self::later(503, "The service is busy. Please try again.", Duration::from_secs(2))
    }

    /// The same, its reason led by where in a body it is about.
    pub(crate) fn within(mut self, place: &str) -> Self {
        self.problem.reason = self.problem.reason.map(|reason| format!("{place}: {reason}"));
        self
    }

    /// What is answered.
    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The answer, for a caller whose request id is echoed when it sent one.
    pub(crate) fn answer(&self, request_id: Option<&str>, dev: bool) -> HttpResponse {
        let body = self.problem.body(request_id, dev).to_string();
        let mut answer = HttpResponse::build(self.status_code());
        // Without a charset: that is what clients of this API have always seen on errors.
        answer.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        let id = HeaderValue::from_static(self.problem.id.unwrap_or_default());
        answer.insert_header((HeaderName::from_static("ory-error-id"), id));
        if let Some(seconds) = self.retry_after {
            answer.insert_header((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        answer.body(body)
    }
}

/// The problem of an answer, kept beside it until the request's id is known.
#[derive(Debug)]
pub(crate) struct Pending(pub(crate) ApiError);

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.problem.code, self.problem.reason.as_deref().unwrap_or_default())
    }
}

impl StdError for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The outermost layer writes it again with the request's id (`layer::answers`).
    fn error_response(&self) -> HttpResponse {
        let mut answer = self.answer(None, false);
        let copy = Self { problem: self.problem.clone(), retry_after: self.retry_after };
        answer.extensions_mut().insert(Pending(copy));
        answer
    }
}

/// The chain of sources as one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

impl From<db::Error> for ApiError {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Busy => Self::busy(),
            db::Error::Conflict(_) | db::Error::Corrupt { .. } | db::Error::Backend(_) => Self::internal(&error),
        }
    }
}

impl From<hash::Error> for ApiError {
    fn from(error: hash::Error) -> Self {
        match error {
            hash::Error::Busy => Self::busy(),
            hash::Error::TooLong => Self::bad_request("The password is longer than 72 bytes."),
            hash::Error::Unreadable => Self::internal(&error),
        }
    }
}

impl From<RetryAfter> for ApiError {
    fn from(wait: RetryAfter) -> Self {
        Self::too_many(wait.0)
    }
}

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        flow::answer(error)
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Invalid(reason) => Self::bad_request(reason),
            ImportError::Hash(error) => error.into(),
        }
    }
}

/// Said of a duplicate, whatever it is a duplicate of: the caller is an administrator, but answers are logged.
const DUPLICATE: &str = "An identity with the same identifier, address or external id exists already.";

impl From<Unreadable> for ApiError {
    fn from(error: Unreadable) -> Self {
        Self::internal(&error)
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::UnknownSchema(id) => Self::bad_request(format!("There is no identity schema {id:?}.")),
            CreateError::Traits(issues) => Self::bad_request(in_words(&issues)),
            CreateError::Duplicate => Self::conflict(DUPLICATE),
            CreateError::Db(error) => error.into(),
        }
    }
}

impl From<UpdateError> for ApiError {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::NotFound => Self::not_found("There is no such identity."),
            UpdateError::NoCredential => Self::not_found("The identity has no such credential."),
            UpdateError::UnknownSchema(id) => Self::bad_request(format!("There is no identity schema {id:?}.")),
            UpdateError::Traits(issues) => Self::bad_request(in_words(&issues)),
            UpdateError::Duplicate => Self::conflict(DUPLICATE),
            UpdateError::Stale => Self::conflict("The identity is being changed by somebody else. Please try again."),
            UpdateError::Invalid(reason) => Self::bad_request(reason),
            UpdateError::Db(error) => error.into(),
        }
    }
}

impl From<TokenizeError> for ApiError {
    fn from(error: TokenizeError) -> Self {
        match error {
            TokenizeError::UnknownTemplate(name) => {
                Self::bad_request(format!("tokenize_as: there is no tokenizer template {name:?}."))
            }
            TokenizeError::NoExternalId => {
                Self::bad_request("tokenize_as: this template needs an external id, which the identity has not.")
            }
            TokenizeError::Mapper(JsonnetError::Busy) => Self::busy(),
            TokenizeError::Mapper(JsonnetError::Unread(_)) => {
                tracing::warn!(reason = chain(&error), "a claims mapper cannot be read");
                Self::new(Problem::new(502).id("upstream_error").reason("The claims mapper cannot be fetched."))
            }
            TokenizeError::Mapper(JsonnetError::Gone(_)) | TokenizeError::Key(_) => Self::internal(&error),
            TokenizeError::Mapper(_) | TokenizeError::NoClaims => {
                // Answered as the contract has it; nobody but the operator can mend it.
                tracing::warn!(event = "JsonnetMappingFailed", reason = chain(&error), "no token was made");
                let reason = "tokenize_as: the claims mapper of this template gave no claims.";
                Self::new(Problem::new(400).reason(reason).debug(chain(&error)))
            }
        }
    }
}

/// Issues as one sentence for administrators, each with its place.
fn in_words(issues: &[Issue]) -> String {
    let word = |issue: &Issue| format!("{}: {}", issue.at.as_deref().unwrap_or("traits"), issue.message.text);
    issues.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
