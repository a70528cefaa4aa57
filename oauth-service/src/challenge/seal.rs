//! Sealed text where it fits into a URL, a row and a reference where it does not.

use std::net::IpAddr;

use serde::{Serialize, de::DeserializeOwned};
use shared_types::{entropy::random_token, time::Time};
use url::Url;

use crate::{
    app::Cx,
    protocol::error::{OAuthCode, OAuthError},
    store::pending_requests::{self, PendingRequest},
};

/// No URL this server hands out for an ordinary request is longer: proxies cut or refuse long ones.
pub(crate) const URL_BUDGET: usize = 1_500;
/// What a sealed text may always take, however long the URL around it is.
const LEAST_ROOM: usize = 200;
/// A dot is no letter of base64url, so a reference is never mistaken for a sealed text.
const REFERENCE: &str = "r.";

/// What a sealed text is for. One sealed for one purpose is nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    LoginChallenge,
    LoginVerifier,
    ConsentChallenge,
    ConsentVerifier,
    LogoutChallenge,
    LogoutVerifier,
    DeviceChallenge,
    DeviceVerifier,
    /// An authorization request under a `request_uri` of this server.
    Request,
}

impl Purpose {
    /// The purpose as it is bound to the text.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::LoginChallenge => "login.challenge",
            Self::LoginVerifier => "login.verifier",
            Self::ConsentChallenge => "consent.challenge",
            Self::ConsentVerifier => "consent.verifier",
            Self::LogoutChallenge => "logout.challenge",
            Self::LogoutVerifier => "logout.verifier",
            Self::DeviceChallenge => "device.challenge",
            Self::DeviceVerifier => "device.verifier",
            Self::Request => "authorization.request",
        }
    }
}

/// Where a sealed text goes and how long it is wanted.
pub(crate) struct Envelope<'a> {
    pub(crate) purpose: Purpose,
    /// The URL that will carry the text: the longer it is, the less room is left.
    pub(crate) carrier: &'a Url,
    pub(crate) expires_at: Time,
    /// Where the request comes from, if nobody has logged in yet: rows are not given away.
    pub(crate) stranger: Option<IpAddr>,
}

/// What a stranger's large requests are counted under (`rate_limit.rules`).
const ACTION: &str = "authorization";

/// Seals a value for a URL.
pub(crate) async fn seal<T: Serialize>(cx: &Cx, envelope: &Envelope<'_>, value: &T) -> Result<String, OAuthError> {
    let sealed = packed(cx, envelope.purpose, value)?;
    let room = URL_BUDGET.saturating_sub(envelope.carrier.as_str().len()).max(LEAST_ROOM);
    if sealed.len() <= room {
        return Ok(sealed);
    }
    if let Some(address) = envelope.stranger {
        let busy = |error| OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error);
        cx.limits.check(ACTION, &address.to_string()).map_err(busy)?;
    }
    stored(cx, envelope.purpose, sealed, envelope.expires_at).await
}

/// Keeps a value as a row, however small it is.
pub(crate) async fn keep<T: Serialize>(
    cx: &Cx,
    purpose: Purpose,
    value: &T,
    expires_at: Time,
) -> Result<String, OAuthError> {
    let sealed = packed(cx, purpose, value)?;
    stored(cx, purpose, sealed, expires_at).await
}

fn packed<T: Serialize>(cx: &Cx, purpose: Purpose, value: &T) -> Result<String, OAuthError> {
    let failed = |error| OAuthError::new(OAuthCode::ServerError).caused_by(error);
    cx.sealer.seal_packed(purpose.as_str(), cx.entropy.as_ref(), value).map_err(failed)
}

/// Writes the row and returns the reference that travels.
async fn stored(cx: &Cx, purpose: Purpose, sealed: String, expires_at: Time) -> Result<String, OAuthError> {
    let reference = random_token(cx.entropy.as_ref());
    let row = PendingRequest {
        id: row_id(&reference),
        purpose: purpose.as_str().to_owned(),
        body: sealed.into_bytes(),
        expires_at,
    };
    cx.db.write(move |conn| pending_requests::insert(conn, &row)).await?;
    Ok(format!("{REFERENCE}{reference}"))
}

/// Opens what [`seal`] made for the same purpose. `None`: never made here, or its row is gone.
pub(crate) async fn open<T: DeserializeOwned>(cx: &Cx, purpose: Purpose, text: &str) -> Result<Option<T>, OAuthError> {
    let Some(reference) = text.strip_prefix(REFERENCE) else {
        return Ok(cx.sealer.open_packed(purpose.as_str(), text).ok());
    };
    let id = row_id(reference);
    let body = cx.db.read(move |conn| pending_requests::find(conn, &id)).await?;
    let sealed = body.and_then(|body| String::from_utf8(body).ok());
    Ok(sealed.and_then(|sealed| cx.sealer.open_packed(purpose.as_str(), &sealed).ok()))
}

/// Rows are found by a hash of the reference: who reads the table cannot answer the requests in it.
fn row_id(reference: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(reference.as_bytes()))
}
