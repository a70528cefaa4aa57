//! The hand-over to the login, consent and logout pages (contract 3.4 to 3.9, 6.4).
//!
//! The pending request travels sealed in the URL: an abandoned login costs the database nothing. A request too large for a URL waits
//! in a row, and a reference travels in its place. Pages treat both as opaque. What a page answers comes back the same way, as a
//! verifier, and only to the browser that started: that browser holds a value in a cookie which the verifier names.

use shared_types::{db, http::limit::RetryAfter};

use crate::protocol::error::{OAuthCode, OAuthError};

pub(crate) mod claims;
pub(crate) mod consent;
pub(crate) mod context;
pub(crate) mod device;
pub(crate) mod fingerprint;
pub(crate) mod jar;
pub(crate) mod kept;
pub(crate) mod login;
pub(crate) mod logout;
mod murmur3;
mod rejection;
mod request;
pub(crate) mod seal;
pub(crate) mod url;

pub(crate) use request::{Origin, expires_at};

/// Why a page cannot read or answer a challenge.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChallengeError {
    /// The challenge has been answered and used; the browser had better start over at this URL.
    #[error("the challenge has been used")]
    Used {
        /// The request it belonged to.
        redirect_to: String,
    },
    /// Too many of them from one address.
    #[error(transparent)]
    Limited(#[from] RetryAfter),
    /// Everything else.
    #[error(transparent)]
    Refused(#[from] OAuthError),
}

impl From<db::Error> for ChallengeError {
    fn from(error: db::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl ChallengeError {
    /// No challenge was sent.
    pub(crate) fn missing(name: &str) -> Self {
        Self::Refused(
            OAuthError::new(OAuthCode::InvalidRequest).because(format!("The query parameter '{name}' is missing.")),
        )
    }

    /// The text was never a challenge of this server.
    fn unknown() -> Self {
        Self::Refused(OAuthError::new(OAuthCode::NotFound).because("No request is pending under this challenge."))
    }

    /// The page took longer than `ttl.login_consent_request`.
    fn expired() -> Self {
        Self::Refused(
            OAuthError::new(OAuthCode::RequestUnauthorized)
                .because("The request has expired. Start again at the client."),
        )
    }

    /// No answer is taken any more, a right one included.
    fn denied(why: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Refused(OAuthError::new(OAuthCode::AccessDenied).because(why))
    }

    /// The answer itself is wrong.
    fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Refused(OAuthError::new(OAuthCode::InvalidRequest).because(why))
    }
}
