//! What the session cookie carries: the token, sealed, with the expiry the browser was told (contract §3.1).

use serde::{Deserialize, Serialize};
use shared_types::{seal::SealError, secret::Secret, time::Time};

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

/// What a cookie's value holds; `None` when it is not one of ours.
pub(crate) fn open(cx: &Cx, value: &str) -> Option<SessionCookie> {
    // Ours are shorter; a longer one need not be opened.
    if value.len() > 1024 {
        return None;
    }
    let payload: Payload = cx.secrets.cookies.open_packed(PURPOSE, value).ok()?;
    Some(SessionCookie { token: Secret::new(payload.session_token), expires_at: payload.expires_at })
}
