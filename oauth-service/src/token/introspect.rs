//! What a token is worth now (RFC 7662; contract 5.6). A look-up of an opaque access token is one coalesced read.

use std::sync::Arc;

use chrono::SubsecRound as _;
use serde_json::{Map, Value, json};
use shared_types::time::Time;

use super::{
    fresh::{self, Now},
    opaque::{self, Kind},
    open_session,
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
    let Some(digest) = opaque::read(cx, Kind::Refresh, text) else { return Ok(None) };
    Ok(cx.db.read(move |conn| store::refresh_tokens::get(conn, digest)).await?.map(Found::Refresh))
}

/// Finds an access token, opaque or JWT.
pub(crate) async fn find_access(cx: &Cx, text: &str) -> Result<Option<AccessToken>, OAuthError> {
    if let Some(digest) = opaque::read(cx, Kind::Access, text) {
        return Ok(cx.tokens.find(digest).await?);
    }
    // A JWT has three parts; nothing else is worth a signature check.
    if text.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Ok(None);
    }
    let verified = match cx.keys.verify(cx, &[KeySet::AccessToken], text).await {
        Ok(verified) => verified,
        Err(VerifyError::Keys(KeyError::Db(error))) => return Err(error.into()),
        Err(VerifyError::Keys(error)) => return Err(error.into()),
        Err(VerifyError::Malformed | VerifyError::Foreign) => return Ok(None),
    };
    let Some(jti) = verified.claims.get("jti").and_then(Value::as_str) else { return Ok(None) };
    for digest in cx.digester.candidates(super::mint::JWT_ROW, jti) {
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
        Found::Access(token) if opaque::read(cx, Kind::Access, text).is_some() => {
            match fresh::claims(cx, token, &session).await? {
                Now::Claims(claims) => claims,
                Now::Refused => return Ok(inactive),
            }
        }
        _ => Arc::new(session.access_token.clone()),
    };
    Ok(describe(cx, &found, &session, &ext))
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

fn describe(cx: &Cx, found: &Found, session: &Session, ext: &Map<String, Value>) -> Value {
    let granted = found.granted();
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
    set("active", json!(true));
    if !granted.scope.is_empty() {
        set("scope", json!(granted.scope.join(" ")));
    }
    set("client_id", json!(granted.client_id));
    set("sub", json!(granted.subject));
    if let Some(login) = session.login.as_ref().filter(|login| login.shown_subject != granted.subject) {
        set("obfuscated_subject", json!(login.shown_subject));
    }
    if let Some(end) = found.expires_at() {
        set("exp", json!(end.trunc_subsecs(0).timestamp()));
    }
    set("iat", json!(found.issued_at().timestamp()));
    set("nbf", json!(found.issued_at().timestamp()));
    set("aud", json!(granted.audience));
    set("iss", json!(cx.config.urls.issuer));
    // What a refresh token is bound to is not what its access tokens are bound to.
    let bound = match found {
        Found::Access(_) => &session.terms.cnf,
        Found::Refresh(_) => &session.terms.refresh_cnf,
    };
    set("token_type", json!(if bound.jkt.is_some() { "DPoP" } else { "Bearer" }));
    if !bound.is_empty() {
        set("cnf", json!(bound));
    }
    if let Some(act) = &session.terms.act {
        set("act", act.clone());
    }
    set(
        "token_use",
        json!(match found {
            Found::Access(_) => "access_token",
            Found::Refresh(_) => "refresh_token",
        }),
    );
    if !session.terms.authorization_details.is_empty() {
        set("authorization_details", json!(session.terms.authorization_details));
    }
    if !ext.is_empty() {
        set("ext", json!(ext));
    }
    Value::Object(body)
}
