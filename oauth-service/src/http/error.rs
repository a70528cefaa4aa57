//! The one place with status codes: what each error answers (contract 1.5; RFC 6749 5.2).
//!
//! Bodies hold `error` and `error_description` alone. What caused an error goes to the log, once, here.

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;
use shared_types::{db, http::limit::RetryAfter};

use crate::{
    client::{AuthFailure, AuthRefusal, MetadataError},
    protocol::error::{OAuthCode, OAuthError, safe_description},
};

/// Any error an endpoint answers with.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// An error OAuth2 has a name for.
    OAuth(OAuthError),
    /// A client could not be authenticated; `basic` when it tried by the `Authorization` header.
    Client {
        /// What is wrong.
        error: OAuthError,
        /// It used HTTP Basic.
        basic: bool,
    },
    /// What was to be made exists, or was changed meanwhile.
    Conflict(String),
    /// The request cannot be understood.
    Invalid(String),
    /// The request lacks something.
    Lacks(&'static str),
    /// A registration breaks a rule.
    Metadata(MetadataError),
    /// Too many attempts.
    Limited(RetryAfter),
    /// The admin API wants a key.
    KeyWanted,
    /// The listener is reached through a proxy that takes TLS off, and this request was not.
    TlsWanted,
    /// The body is larger than any request needs.
    TooLarge,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (error, description) = self.words();
        write!(f, "{error}: {description}")
    }
}

impl From<OAuthError> for ApiError {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<db::Error> for ApiError {
    fn from(error: db::Error) -> Self {
        Self::OAuth(error.into())
    }
}

impl From<AuthFailure> for ApiError {
    fn from(failure: AuthFailure) -> Self {
        match failure.refusal {
            AuthRefusal::Limited(wait) => Self::Limited(wait),
            AuthRefusal::Refused(error) => Self::Client { error, basic: failure.basic },
        }
    }
}

impl From<MetadataError> for ApiError {
    fn from(error: MetadataError) -> Self {
        Self::Metadata(error)
    }
}

impl ApiError {
    /// `error` and `error_description`.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::OAuth(error) | Self::Client { error, .. } => (error.code.as_str(), error.description()),
            Self::Conflict(what) => ("conflict", safe_description(what)),
            Self::Invalid(what) => ("invalid_request", safe_description(what)),
            Self::Lacks(what) => ("missing_required_parameter", safe_description(what)),
            Self::Metadata(error) => (error.code(), safe_description(&error.to_string())),
            Self::Limited(wait) => ("temporarily_unavailable", wait.to_string()),
            Self::KeyWanted => {
                ("request_unauthorized", "The admin API needs Authorization: Bearer with one of its keys.".to_owned())
            }
            Self::TlsWanted => {
                ("tls_required", "This listener is reached by https through its proxy alone.".to_owned())
            }
            Self::TooLarge => ("invalid_request", "The body is larger than 1 MiB.".to_owned()),
        }
    }

    fn headers(&self, response: &mut HttpResponseBuilder) {
        response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
        match self {
            // RFC 6749 5.2: only who tried by the header is answered with a challenge; browsers would prompt.
            Self::Client { error, basic: true } if error.code == OAuthCode::InvalidClient => {
                response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"oauth2\", charset=\"UTF-8\""));
            }
            Self::KeyWanted => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"admin\""));
            }
            Self::Limited(wait) => {
                response.insert_header((header::RETRY_AFTER, wait.seconds().to_string()));
            }
            Self::OAuth(error) | Self::Client { error, .. } if error.code == OAuthCode::TemporarilyUnavailable => {
                response.insert_header((header::RETRY_AFTER, "1"));
            }
            _ => {}
        }
    }

    fn log(&self) {
        let (Self::OAuth(error) | Self::Client { error, .. }) = self else { return };
        let chain = chain(error);
        if status_of(error.code).is_server_error() {
            tracing::error!(error = error.code.as_str(), cause = chain, "the request failed");
        } else {
            tracing::debug!(error = error.code.as_str(), reason = %error.public, cause = chain, "the request was refused");
        }
    }
}

/// The causes of an error, outermost first.
fn chain(error: &OAuthError) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    causes.join(": ")
}

/// The status of an OAuth2 error (contract 1.5.1).
pub(crate) const fn status_of(code: OAuthCode) -> StatusCode {
    match code {
        OAuthCode::InvalidClient | OAuthCode::RequestUnauthorized | OAuthCode::InvalidToken => StatusCode::UNAUTHORIZED,
        OAuthCode::AccessDenied | OAuthCode::ScopeNotGranted | OAuthCode::RequestForbidden => StatusCode::FORBIDDEN,
        OAuthCode::NotFound => StatusCode::NOT_FOUND,
        OAuthCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        OAuthCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        OAuthCode::InvalidRequest
        | OAuthCode::UnauthorizedClient
        | OAuthCode::InvalidGrant
        | OAuthCode::UnsupportedResponseType
        | OAuthCode::UnsupportedResponseMode
        | OAuthCode::InvalidScope
        | OAuthCode::InvalidState
        | OAuthCode::InsufficientEntropy
        | OAuthCode::LoginRequired
        | OAuthCode::ConsentRequired
        | OAuthCode::RegistrationNotSupported
        | OAuthCode::JtiKnown
        | OAuthCode::InvalidRequestUri
        | OAuthCode::InvalidRequestObject
        | OAuthCode::AuthorizationPending
        | OAuthCode::SlowDown
        | OAuthCode::ExpiredToken
        | OAuthCode::InvalidTarget
        | OAuthCode::InvalidDpopProof
        | OAuthCode::UseDpopNonce
        | OAuthCode::InvalidAuthorizationDetails
        | OAuthCode::UnmetAuthenticationRequirements => StatusCode::BAD_REQUEST,
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::OAuth(error) | Self::Client { error, .. } => status_of(error.code),
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid(_) | Self::Lacks(_) | Self::Metadata(_) => StatusCode::BAD_REQUEST,
            Self::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::KeyWanted => StatusCode::UNAUTHORIZED,
            Self::TlsWanted => StatusCode::BAD_GATEWAY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let (error, description) = self.words();
        let mut response = HttpResponse::build(self.status_code());
        self.headers(&mut response);
        response
            .content_type("application/json;charset=UTF-8")
            .body(json!({"error": error, "error_description": description}).to_string())
    }
}

#[cfg(test)]
mod tests;
