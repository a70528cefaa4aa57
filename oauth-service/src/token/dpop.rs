//! Proofs of possession (RFC 9449 4): a JWT, signed by a key of the client's, for this one request.
//!
//! A proof is good for [`MOST_AGE`] after it was made and once. Where the configuration wants it, it must hold a nonce of this server's,
//! which shows that it was not made ahead of time (RFC 9449 8); nonces are made of the time and kept nowhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use shared_types::{
    secret::constant_time_eq,
    time::{Time, from_numeric_date},
};
use url::Url;

use crate::{
    app::Cx,
    key::{compact::Compact, thumbprint},
    protocol::error::{OAuthCode, OAuthError},
    store::used_nonces::Nonce,
};

/// How old a proof may be.
const MOST_AGE: Duration = Duration::seconds(60);
/// By how much the client's clock may be ahead.
const AHEAD: Duration = Duration::seconds(10);
/// Under which a proof is marked as used.
const PURPOSE: &str = "dpop proof";
const NONCE: &str = "dpop nonce";
/// A nonce is good in the period in which it was made and in the next.
const NONCE_SECONDS: i64 = 150;
/// More of a `jti` is nobody's honest wish.
const MOST_JTI: usize = 512;

/// The request a proof is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// `htm`.
    pub(crate) method: &'a str,
    /// `htu`: where the request went, by each name clients may know.
    pub(crate) urls: &'a [Url],
    /// The access token presented beside the proof: `ath`.
    pub(crate) access_token: Option<&'a str>,
}

/// Checks a proof and marks it as used; the thumbprint of its key (`jkt`).
pub(crate) async fn check(cx: &Cx, proof: &str, target: Target<'_>) -> Result<String, OAuthError> {
    let compact = Compact::parse(proof).map_err(|_| refused("It is not a signed JWT."))?;
    let jkt = signed_by(cx, &compact)?;
    let claims = compact.into_claims();
    names(&claims, target)?;
    let made = made(cx.now, &claims)?;
    fresh(cx, &claims)?;
    let jti = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty() && jti.len() <= MOST_JTI);
    let jti = jti.ok_or_else(|| refused("It has no jti of at most 512 characters."))?;
    let mark = openssl::sha::sha256(format!("{jkt}\0{jti}").as_bytes());
    let until = made + MOST_AGE + AHEAD;
    // RFC 9449 11.1: the same proof comes once.
    if cx.nonces.submit(Nonce { purpose: PURPOSE, digest: mark, expires_at: until }).await?.is_some() {
        return Ok(jkt);
    }
    Err(refused("It has been used."))
}

/// RFC 9449 4.3, 4 to 7: the type, an asymmetric algorithm, a public key in the header, and its signature.
fn signed_by(cx: &Cx, compact: &Compact<'_>) -> Result<String, OAuthError> {
    if compact.header("typ") != Some("dpop+jwt") {
        return Err(refused("Its typ must be dpop+jwt."));
    }
    let alg = compact.alg().filter(|alg| cx.config.oauth2.profile.allows_alg(alg.as_str()));
    let alg = alg.ok_or_else(|| refused("Its alg is not one this server takes."))?;
    let members = compact.header_value("jwk").and_then(Value::as_object);
    let members = members.ok_or_else(|| refused("It has no jwk in its header."))?;
    if ["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|private| members.contains_key(*private)) {
        return Err(refused("Its jwk is not a public key."));
    }
    let jwk = Jwk::from_map(members.clone()).map_err(|_| refused("Its jwk cannot be read."))?;
    if !compact.is_signed_by(alg, &jwk) {
        return Err(refused("It is not signed by the key in its header."));
    }
    thumbprint::of_jwk(&jwk).ok_or_else(|| refused("Its jwk lacks a member."))
}

/// RFC 9449 4.3, 8 and 9, and `ath`.
fn names(claims: &Map<String, Value>, target: Target<'_>) -> Result<(), OAuthError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("htm") != Some(target.method) {
        return Err(refused("Its htm is not the method of this request."));
    }
    let htu = text("htu").and_then(|text| Url::parse(text).ok());
    let htu = htu.map(bare);
    if !target.urls.iter().any(|url| htu.as_ref() == Some(url)) {
        return Err(refused(format!("Its htu must be {}.", target.urls.first().map_or("", Url::as_str))));
    }
    let Some(token) = target.access_token else { return Ok(()) };
    let ath = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(token.as_bytes()));
    if text("ath").is_some_and(|said| constant_time_eq(said.as_bytes(), ath.as_bytes())) {
        return Ok(());
    }
    Err(refused("Its ath is not the hash of the access token."))
}

/// RFC 9449 4.3, 9: query and fragment do not count.
fn bare(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

fn made(now: Time, claims: &Map<String, Value>) -> Result<Time, OAuthError> {
    let made = claims.get("iat").and_then(Value::as_f64).and_then(from_numeric_date);
    let made = made.ok_or_else(|| refused("It has no iat."))?;
    if made > now + AHEAD || made < now - MOST_AGE {
        return Err(refused("Its iat is not now."));
    }
    Ok(made)
}

/// A nonce is demanded where configured, and looked at wherever there is one.
fn fresh(cx: &Cx, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let Some(nonce) = claims.get("nonce").and_then(Value::as_str) else {
        return if cx.config.sender.require_nonce { Err(OAuthCode::UseDpopNonce.into()) } else { Ok(()) };
    };
    let period = period(cx.now);
    let known = [period, period - 1].into_iter().flat_map(|period| cx.digester.candidates(NONCE, &period.to_string()));
    if known.into_iter().any(|digest| constant_time_eq(digest.hex().as_bytes(), nonce.as_bytes())) {
        return Ok(());
    }
    Err(OAuthCode::UseDpopNonce.into())
}

const fn period(now: Time) -> i64 {
    now.timestamp().div_euclid(NONCE_SECONDS)
}

/// The nonce of this moment, for the header `DPoP-Nonce`.
pub(crate) fn nonce(cx: &Cx) -> String {
    cx.digester.digest(NONCE, &period(cx.now).to_string()).hex()
}

fn refused(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidDpopProof).because(why)
}
