//! The two ways an authorization request fails (contract 1.5.2; RFC 6749 4.1.2.1): on a page of this server as long as the redirect
//! URI is not proven, at the client from then on.

use std::borrow::Cow;

use super::check::redirect_uri::ProvenRedirect;
use crate::{
    model::challenge::Rejection,
    protocol::error::{OAuthCode, OAuthError},
};

/// A failed authorization request.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody but the person may be told: there is no proven place to send the browser to.
    Page(OAuthError),
    /// The client is told.
    Redirect(Box<ProvenRedirect>, Refusal),
}

/// What a client is told when it gets no code.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: Cow<'static, str>,
    pub(crate) description: String,
    /// The cause, for the log.
    pub(crate) cause: Option<OAuthError>,
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self { error: Cow::Borrowed(error.code.as_str()), description: error.description(), cause: Some(error) }
    }
}

impl From<OAuthCode> for Refusal {
    fn from(code: OAuthCode) -> Self {
        OAuthError::new(code).into()
    }
}

impl From<shared_types::db::Error> for Refusal {
    fn from(error: shared_types::db::Error) -> Self {
        OAuthError::from(error).into()
    }
}

/// A page's refusal, passed on in its own words.
impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { error: Cow::Owned(rejection.error), description: rejection.description, cause: None }
    }
}
