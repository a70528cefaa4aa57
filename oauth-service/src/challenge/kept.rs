//! Authorization requests this server keeps: pushed ones (RFC 9126), and what a request object said once it has been read (RFC 9101).
//!
//! A `request_uri` of this server stands for them. It is the sealed request itself where that fits into a URL; what was pushed is a row
//! in any case, so that its `request_uri` is short.

use std::net::IpAddr;

use shared_types::{
    db::{AnyConn, Error},
    time::Time,
};

use super::{
    request,
    seal::{self, Envelope, Purpose},
    url as urls,
};
use crate::{
    app::Cx,
    model::challenge::{Came, KeptRequest},
    protocol::{error::OAuthError, params::Params},
    store::used_nonces,
};

/// What a `request_uri` of this server begins with (RFC 9126 2.2).
pub(crate) const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// Under which a pushed request is marked as answered.
const PURPOSE: &str = "pushed request";

/// Keeps what a client pushed, until its time is over and a person who began in time may have finished.
pub(crate) async fn push(cx: &Cx, kept: &KeptRequest) -> Result<String, OAuthError> {
    let expires_at = request::expires_at(cx, kept.until);
    Ok(format!("{URN}{}", seal::keep(cx, Purpose::Request, kept, expires_at).await?))
}

/// Keeps what has been read from a request object, so that no later leg reads one again.
pub(crate) async fn carry(cx: &Cx, kept: &KeptRequest, stranger: IpAddr) -> Result<String, OAuthError> {
    let endpoint = urls::under(&cx.config.urls.public, urls::AUTHORIZE);
    let envelope = Envelope {
        purpose: Purpose::Request,
        carrier: &endpoint,
        expires_at: request::expires_at(cx, kept.until),
        stranger: Some(stranger),
    };
    Ok(format!("{URN}{}", seal::seal(cx, &envelope, kept).await?))
}

/// The request behind a `request_uri` of this server; `None`: it never was one, or its row is gone.
pub(crate) async fn open(cx: &Cx, request_uri: &str) -> Result<Option<KeptRequest>, OAuthError> {
    match request_uri.strip_prefix(URN) {
        Some(text) => seal::open(cx, Purpose::Request, text).await,
        None => Ok(None),
    }
}

/// The same request with other parameters, for a passage that begins anew.
pub(crate) async fn again(cx: &Cx, request_uri: &str, params: &Params) -> Result<Option<String>, OAuthError> {
    let Some(kept) = open(cx, request_uri).await? else { return Ok(None) };
    let kept = KeptRequest { query: params.query(), until: request::expires_at(cx, cx.now), ..kept };
    push(cx, &kept).await.map(Some)
}

/// Whether a pushed request has been answered. What was no push may be begun as often as its parameters may be sent.
pub(crate) async fn is_answered(cx: &Cx, came: Came, request_uri: &str) -> Result<bool, OAuthError> {
    if !came.pushed {
        return Ok(false);
    }
    let mark = mark(request_uri);
    Ok(cx.db.read(move |conn| used_nonces::is_spent(conn, PURPOSE, &mark)).await?)
}

/// Marks a pushed request as answered. `false`: it was already.
pub(crate) fn answer(conn: &mut AnyConn, request_uri: &str, until: Time) -> Result<bool, Error> {
    used_nonces::spend(conn, PURPOSE, &mark(request_uri), until)
}

fn mark(request_uri: &str) -> [u8; 32] {
    openssl::sha::sha256(request_uri.as_bytes())
}
