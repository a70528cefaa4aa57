//! What tokens say. Names a specification gives a meaning to are never taken from a consent or a hook.

use serde_json::{Map, Value, json};
use shared_types::time::Time;

use crate::{
    config::{AccessClaims, JwtProfile, ScopeClaim},
    model::token::{Granted, Login, Session},
    protocol::claims_request::{self, Place},
};

/// Claims of a JWT access token that consent and hooks cannot set (contract 5.2).
const RESERVED_ACCESS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "scp",
    "scope",
    "ext",
    "cnf",
    "act",
    "authorization_details",
];
/// Likewise, where tokens look like those of RFC 9068.
const RESERVED_BY_RFC9068: [&str; 3] = ["auth_time", "acr", "amr"];
/// Claims of an ID token that consent and hooks cannot set (contract 5.3).
const RESERVED_ID: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "rat",
    "auth_time",
    "nonce",
    "sid",
    "jti",
    "at_hash",
    "c_hash",
    "acr",
    "amr",
];

/// What every JWT of one answer has in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// `iss`.
    pub(crate) issuer: &'a str,
    /// `jti`.
    pub(crate) jti: &'a str,
    /// `iat`.
    pub(crate) now: Time,
    /// `exp`.
    pub(crate) ends: Time,
}

/// Claims of a JWT access token (contract 5.2).
pub(crate) fn access(
    frame: Frame<'_>,
    granted: &Granted,
    session: &Session,
    rules: &AccessClaims,
) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", json!(frame.issuer));
    set("sub", json!(granted.subject));
    set("aud", audience(frame, granted, rules));
    set("client_id", json!(granted.client_id));
    set("exp", json!(frame.ends.timestamp()));
    set("iat", json!(frame.now.timestamp()));
    if !rules.exclude_not_before {
        set("nbf", json!(frame.now.timestamp()));
    }
    set("jti", json!(frame.jti));
    if rules.scope_claim != ScopeClaim::Text {
        set("scp", json!(granted.scope));
    }
    let standard = rules.profile == JwtProfile::Rfc9068;
    if standard && !granted.scope.is_empty() || rules.scope_claim != ScopeClaim::List {
        set("scope", json!(granted.scope.join(" ")));
    }
    if let Some(login) = session.login.as_ref().filter(|_| standard) {
        // RFC 9068 2.2.1: as the ID token of the same login has them.
        authentication(&mut claims, login);
    }
    if !session.terms.cnf.is_empty() {
        claims.insert("cnf".to_owned(), json!(session.terms.cnf));
    }
    if !session.terms.authorization_details.is_empty() {
        claims.insert("authorization_details".to_owned(), json!(session.terms.authorization_details));
    }
    if let Some(act) = &session.terms.act {
        claims.insert("act".to_owned(), act.clone());
    }
    extend(&mut claims, &session.access_token, rules);
    claims
}

/// RFC 9068 3: a request that names no resource gets a token for the default one, here the server itself.
fn audience(frame: Frame<'_>, granted: &Granted, rules: &AccessClaims) -> Value {
    if granted.audience.is_empty() && rules.profile == JwtProfile::Rfc9068 {
        json!([frame.issuer])
    } else {
        json!(granted.audience)
    }
}

/// When and how the person signed in.
fn authentication(claims: &mut Map<String, Value>, login: &Login) {
    claims.insert("auth_time".to_owned(), json!(login.auth_time.timestamp()));
    if let Some(acr) = login.acr.as_ref().filter(|acr| !acr.is_empty()) {
        claims.insert("acr".to_owned(), json!(acr));
    }
    if !login.amr.is_empty() {
        claims.insert("amr".to_owned(), json!(login.amr));
    }
}

/// `ext`, and the names that are copied beside the standard ones.
fn extend(claims: &mut Map<String, Value>, ext: &Map<String, Value>, rules: &AccessClaims) {
    let standard = rules.profile == JwtProfile::Rfc9068;
    let reserved = |name: &str| RESERVED_ACCESS.contains(&name) || standard && RESERVED_BY_RFC9068.contains(&name);
    let promoted = |name: &str| rules.allowed_top_level.iter().any(|allowed| allowed == name) && !reserved(name);
    for (name, value) in ext {
        if promoted(name) {
            claims.insert(name.clone(), value.clone());
        }
    }
    let kept: Map<String, Value> = match (rules.mirror_top_level, rules.preserve_ext) {
        (true, _) => ext.clone(),
        (false, true) => {
            ext.iter().filter(|(name, _)| !promoted(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
        }
        (false, false) => return,
    };
    claims.insert("ext".to_owned(), Value::Object(kept));
}

/// Claims of an ID token (OpenID Connect Core 2; contract 5.3).
pub(crate) fn id_token(frame: Frame<'_>, client_id: &str, login: &Login, session: &Session) -> Map<String, Value> {
    let mut claims = told(Place::IdToken, client_id, login, session);
    claims.insert("iss".to_owned(), json!(frame.issuer));
    claims.insert("iat".to_owned(), json!(frame.now.timestamp()));
    claims.insert("exp".to_owned(), json!(frame.ends.timestamp()));
    claims.insert("jti".to_owned(), json!(frame.jti));
    claims.insert("sid".to_owned(), json!(login.session_id));
    if let Some(nonce) = &login.nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    claims
}

/// What userinfo tells (OpenID Connect Core 5.3; contract 6.3): the ID token's claims about the person and the login.
pub(crate) fn person(frame: Frame<'_>, client_id: &str, login: &Login, session: &Session) -> Map<String, Value> {
    let mut claims = told(Place::Userinfo, client_id, login, session);
    claims.insert("iss".to_owned(), json!(frame.issuer));
    claims.insert("iat".to_owned(), json!(frame.now.timestamp()));
    claims
}

/// What both tell. The consent decides which claims there are; one that was asked for with values (OpenID Connect Core 5.5.1) is told
/// with one of them or not at all.
fn told(place: Place, client_id: &str, login: &Login, session: &Session) -> Map<String, Value> {
    let asked = &session.terms.requested_claims;
    let mut claims: Map<String, Value> = session
        .id_token
        .iter()
        .filter(|(name, value)| {
            !RESERVED_ID.contains(&name.as_str()) && claims_request::allows(asked, place, name, value)
        })
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("sub", json!(login.shown_subject));
    set("aud", json!([client_id]));
    set("rat", json!(login.requested_at.timestamp()));
    authentication(&mut claims, login);
    claims
}

#[cfg(test)]
mod tests;
