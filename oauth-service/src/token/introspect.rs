//! What a token is worth now (RFC 7662; contract 5.6). A look-up of an opaque access token is one coalesced read.

use std::sync::Arc;

use chrono::SubsecRound as _;
use serde_json::{Map, Value, json};
use shared_types::{secret::Digest, time::Time};

use super::{
    fresh::{self, Now},
    imported,
    opaque::{self, Kind},
    open_session,
    rule::{self, Claims},
};
use crate::{
    app::Cx,
    client::encrypt::{Registered, encrypted},
    key::{self, KeyError, KeySet, VerifyError},
    model::{
        client::Client,
        token::{AccessToken, Granted, RefreshToken, Session},
    },
    protocol::{alg::Alg, error::OAuthError},
    store,
};

/// A token of ours that is in the database.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// An access token.
    Access(AccessToken),
    /// A refresh token, perhaps a rotated one.
    Refresh(RefreshToken),
}

impl Found {
    /// What was granted.
    pub(crate) const fn granted(&self) -> &Granted {
        match self {
            Self::Access(token) => &token.granted,
            Self::Refresh(token) => &token.granted,
        }
    }

    /// Whether the token may be used now.
    pub(crate) fn is_active(&self, now: Time) -> bool {
        match self {
            Self::Access(token) => token.expires_at > now,
            Self::Refresh(token) => token.used.is_none() && token.expires_at.is_none_or(|end| end > now),
        }
    }

    const fn issued_at(&self) -> Time {
        match self {
            Self::Access(token) => token.issued_at,
            Self::Refresh(token) => token.issued_at,
        }
    }

    const fn expires_at(&self) -> Option<Time> {
        match self {
            Self::Access(token) => Some(token.expires_at),
            Self::Refresh(token) => token.expires_at,
        }
    }
}

/// Finds a token of either kind. A hint changes nothing but speed, and the prefix tells more than it does.
pub(crate) async fn find(cx: &Cx, text: &str) -> Result<Option<Found>, OAuthError> {
    if !text.starts_with(Kind::Refresh.prefix())
        && let Some(token) = find_access(cx, text).await?
    {
        return Ok(Some(Found::Access(token)));
    }
    Ok(find_refresh(cx, text).await?.map(Found::Refresh))
}

/// Finds a refresh token.
pub(crate) async fn find_refresh(cx: &Cx, text: &str) -> Result<Option<RefreshToken>, OAuthError> {
    let digests = match opaque::read(cx, Kind::Refresh, text) {
        Some(digest) => vec![digest],
        None => imported::candidates(cx, Kind::Refresh, text).await?,
    };
    for digest in digests {
        if let Some(token) = cx.db.read(move |conn| store::refresh_tokens::get(conn, digest)).await? {
            return Ok(Some(token));
        }
    }
    Ok(None)
}

/// Finds an access token, opaque or JWT.
pub(crate) async fn find_access(cx: &Cx, text: &str) -> Result<Option<AccessToken>, OAuthError> {
    if let Some(digest) = opaque::read(cx, Kind::Access, text) {
        return Ok(cx.tokens.find(digest).await?);
    }
    if !is_jwt(text) {
        return any(cx, imported::candidates(cx, Kind::Access, text).await?).await;
    }
    let verified = match cx.keys.verify(cx, &[KeySet::AccessToken], text).await {
        Ok(verified) => verified,
        Err(VerifyError::Keys(KeyError::Db(error))) => return Err(error.into()),
        Err(VerifyError::Keys(error)) => return Err(error.into()),
        Err(VerifyError::Malformed | VerifyError::Foreign) => return Ok(None),
    };
    let Some(jti) = verified.claims.get("jti").and_then(Value::as_str) else { return Ok(None) };
    if let Some(token) = any(cx, cx.digester.candidates(super::mint::JWT_ROW, jti)).await? {
        return Ok(Some(token));
    }
    any(cx, imported::jwt_candidates(cx, text).await?).await
}

/// A JWT has three parts; nothing else is worth a signature check.
fn is_jwt(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// The first row one of the digests names.
async fn any(cx: &Cx, digests: Vec<Digest>) -> Result<Option<AccessToken>, OAuthError> {
    for digest in digests {
        if let Some(token) = cx.tokens.find(digest).await? {
            return Ok(Some(token));
        }
    }
    Ok(None)
}

/// The introspection answer. `wanted` are scopes the token must have.
pub(crate) async fn answer(cx: &Cx, text: &str, wanted: &[String]) -> Result<Value, OAuthError> {
    let inactive = json!({"active": false});
    let Some(found) = find(cx, text).await?.filter(|found| found.is_active(cx.now)) else { return Ok(inactive) };
    if !wanted.iter().all(|scope| found.granted().scope.contains(scope)) {
        return Ok(inactive);
    }
    let session = open_session(cx, &found.granted().session)?;
    let ext = match &found {
        // A JWT says what it says, wherever it is read.
        Found::Access(token) if !is_jwt(text) => match fresh::claims(cx, token, &session).await? {
            Now::Claims(claims) => claims,
            Now::Refused => return Ok(inactive),
        },
        _ => Arc::new(session.access_token.clone()),
    };
    let mut body = Map::new();
    describe(cx, &found, &session, &ext, &mut body);
    Ok(Value::Object(body))
}

/// The answer as a JWT for the resource server that asks (RFC 9701 5).
pub(crate) async fn signed(cx: &Cx, client: &Client, answer: Value) -> Result<String, OAuthError> {
    let claims = json!({
        "iss": cx.config.urls.issuer,
        "aud": client.id,
        "iat": cx.now.timestamp(),
        "token_introspection": answer,
    });
    let alg = Alg::parse(&client.introspection_signed_response_alg);
    let alg = alg.unwrap_or_else(|| key::by_default(cx, KeySet::IdToken));
    // RFC 9701 8.1: its typ keeps it from passing for an access token.
    let token = cx.keys.signer(cx, KeySet::IdToken, alg).await?.sign(&claims, "token-introspection+jwt")?;
    let registered = Registered {
        alg: &client.introspection_encrypted_response_alg,
        enc: &client.introspection_encrypted_response_enc,
    };
    encrypted(cx, client, token, registered).await
}

/// What is told of a token that is good.
pub(super) fn describe(cx: &Cx, found: &Found, session: &Session, ext: &Map<String, Value>, body: &mut impl Claims) {
    let granted = found.granted();
    body.put("active", json!(true), rule::ACTIVE);
    if !granted.scope.is_empty() {
        body.put("scope", json!(granted.scope.join(" ")), rule::SCOPE);
    }
    body.put("client_id", json!(granted.client_id), rule::CLIENT);
    body.put("sub", json!(granted.subject), rule::SUBJECT);
    if let Some(login) = session.login.as_ref().filter(|login| login.shown_subject != granted.subject) {
        body.put("obfuscated_subject", json!(login.shown_subject), rule::SHOWN_SUBJECT);
    }
    if let Some(end) = found.expires_at() {
        body.put("exp", json!(end.trunc_subsecs(0).timestamp()), rule::ENDS);
    }
    body.put("iat", json!(found.issued_at().timestamp()), rule::NOW);
    body.put("nbf", json!(found.issued_at().timestamp()), rule::NOW);
    body.put("aud", json!(granted.audience), rule::AUDIENCE);
    body.put("iss", json!(cx.config.urls.issuer), rule::ISSUER);
    // What a refresh token is bound to is not what its access tokens are bound to.
    let (bound, kind) = match found {
        Found::Access(_) => (&session.terms.cnf, "access_token"),
        Found::Refresh(_) => (&session.terms.refresh_cnf, "refresh_token"),
    };
    body.put("token_type", json!(if bound.jkt.is_some() { "DPoP" } else { "Bearer" }), rule::TYPE);
    if !bound.is_empty() {
        body.put("cnf", json!(bound), rule::BOUND);
    }
    if let Some(act) = &session.terms.act {
        body.put("act", act.clone(), rule::ACTOR);
    }
    body.put("token_use", json!(kind), rule::TYPE);
    if !session.terms.authorization_details.is_empty() {
        body.put("authorization_details", json!(session.terms.authorization_details), rule::DETAILS);
    }
    if !ext.is_empty() {
        body.put_object("ext", ext.clone(), &|_| rule::EXT);
    }
}
