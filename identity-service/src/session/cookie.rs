//! What the session cookie carries: the token, sealed, with the expiry the browser was told (contract §3.1).

use serde::{Deserialize, Serialize};
use shared_types::{seal::SealError, secret::Secret, time::Time};

use super::kratos_cookie;
use crate::app::Cx;

const PURPOSE: &str = "session cookie";

/// The content of the cookie.
#[derive(Debug)]
pub(crate) struct SessionCookie {
    pub(crate) token: Secret<String>,
    /// The session's expiry when the cookie was made.
    pub(crate) expires_at: Time,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    session_token: String,
    expires_at: Time,
}

/// The value of a cookie.
pub(crate) fn seal(cx: &Cx, token: &Secret<String>, expires_at: Time) -> Result<String, SealError> {
    let payload = Payload { session_token: token.expose().clone(), expires_at };
    cx.secrets.cookies.seal_packed(PURPOSE, &*cx.entropy, &payload)
}

/// What a cookie's value holds; `None` when it is neither one of ours nor one of Kratos under one of our secrets.
pub(crate) fn open(cx: &Cx, value: &str) -> Option<SessionCookie> {
    // Ours are shorter; a longer one need not be opened.
    let ours = if value.len() > 1024 { None } else { cx.secrets.cookies.open_packed(PURPOSE, value).ok() };
    match ours {
        Some(Payload { session_token, expires_at }) => {
            Some(SessionCookie { token: Secret::new(session_token), expires_at })
        }
        None => of_kratos(cx, value),
    }
}

/// A cookie from before the move from Kratos. Its age is not looked at: the session says when it ends.
fn of_kratos(cx: &Cx, value: &str) -> Option<SessionCookie> {
    let mut content = kratos_cookie::open(cx.config.secrets.cookies(), &cx.config.session.cookie_name, value)?;
    let token = content.remove("session_token")?;
    // An expiry long ago: the browser is given a cookie of ours as soon as there is an answer that may set one.
    Some(SessionCookie { token: Secret::new(token), expires_at: Time::UNIX_EPOCH })
}
