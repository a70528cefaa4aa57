//! The session a request carries: `X-Session-Token`, then the cookie, then a bearer token (contract §3.1).

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::AUTHORIZATION};
use shared_types::{secret::Secret, time::Time};

use super::{context, cookies};
use crate::{
    app::Cx,
    http::error::ApiError,
    model::{identity::Identity, session::Session},
    session::verify,
};

/// A token as it was sent.
#[derive(Debug)]
pub(crate) struct SentToken {
    pub(crate) token: Secret<String>,
    /// For tokens from our cookie: the expiry the browser was told.
    pub(crate) cookie_expires_at: Option<Time>,
}

/// Somebody who is signed in, as found by a token.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) session: Session,
    pub(crate) identity: Identity,
    pub(crate) sent: SentToken,
}

/// The token of a request, by the contract's precedence; an unusable cookie is not skipped over in favour of a bearer
/// token, it is no token.
pub(crate) fn token(request: &HttpRequest, cx: &Cx) -> Option<SentToken> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let plain = |text: &str| SentToken { token: Secret::new(text.to_owned()), cookie_expires_at: None };
    if let Some(text) = header("x-session-token").filter(|text| !text.is_empty()) {
        return Some(plain(text));
    }
    if let Some(cookie) = cookies::session_value(request, cx) {
        return Some(SentToken { token: cookie.token, cookie_expires_at: Some(cookie.expires_at) });
    }
    let (scheme, text) = header(AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| plain(text.trim()))
}

/// The active session a request carries, if any.
pub(crate) async fn find(request: &HttpRequest, cx: &Cx) -> Result<Option<Found>, ApiError> {
    let Some(sent) = token(request, cx) else { return Ok(None) };
    let found = verify::active(cx, sent.token.expose()).await?;
    Ok(found.map(|(session, identity)| Found { session, identity, sent }))
}

/// A request with an active session: holding the value is the proof. Without one the answer is 401.
pub(crate) struct SignedIn {
    pub(crate) cx: Cx,
    pub(crate) found: Found,
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cx = context::begin(&request)?;
            match find(&request, &cx).await? {
                Some(found) => Ok(Self { cx, found }),
                None => Err(ApiError::unauthorized("No active session was found in this request.")),
            }
        })
    }
}
