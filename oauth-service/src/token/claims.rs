//! What tokens say. Names a specification gives a meaning to are never taken from a consent or a hook.

use serde_json::{Map, Value, json};
use shared_types::time::Time;

use super::{
    lifetime::End,
    rule::{self, Claims, Rule},
};
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
    pub(crate) ends: End,
}

/// Claims of a JWT access token (contract 5.2).
pub(crate) fn access(
    frame: Frame<'_>,
    granted: &Granted,
    session: &Session,
    rules: &AccessClaims,
    claims: &mut impl Claims,
) {
    claims.put("iss", json!(frame.issuer), rule::ISSUER);
    claims.put("sub", json!(granted.subject), rule::SUBJECT);
    let (audience, by) = audience(frame, granted, rules);
    claims.put("aud", audience, by);
    claims.put("client_id", json!(granted.client_id), rule::CLIENT);
    claims.put("exp", json!(frame.ends.at.timestamp()), frame.ends.by);
    claims.put("iat", json!(frame.now.timestamp()), rule::NOW);
    if !rules.exclude_not_before {
        claims.put("nbf", json!(frame.now.timestamp()), rule::NOT_BEFORE);
    }
    claims.put("jti", json!(frame.jti), rule::JTI);
    if rules.scope_claim != ScopeClaim::Text {
        claims.put("scp", json!(granted.scope), rule::SCOPE_LIST);
    }
    let standard = rules.profile == JwtProfile::Rfc9068;
    if standard && !granted.scope.is_empty() || rules.scope_claim != ScopeClaim::List {
        claims.put("scope", json!(granted.scope.join(" ")), rule::SCOPE_TEXT);
    }
    if let Some(login) = session.login.as_ref().filter(|_| standard) {
        // RFC 9068 2.2.1: as the ID token of the same login has them.
        authentication(claims, login);
    }
    if !session.terms.cnf.is_empty() {
        claims.put("cnf", json!(session.terms.cnf), rule::BOUND);
    }
    if !session.terms.authorization_details.is_empty() {
        claims.put("authorization_details", json!(session.terms.authorization_details), rule::DETAILS);
    }
    if let Some(act) = &session.terms.act {
        claims.put("act", act.clone(), rule::ACTOR);
    }
    extend(claims, &session.access_token, rules);
}

/// RFC 9068 3: a request that names no resource gets a token for the default one, here the server itself.
fn audience(frame: Frame<'_>, granted: &Granted, rules: &AccessClaims) -> (Value, Rule) {
    if granted.audience.is_empty() && rules.profile == JwtProfile::Rfc9068 {
        (json!([frame.issuer]), rule::OWN_AUDIENCE)
    } else {
        (json!(granted.audience), rule::AUDIENCE)
    }
}

/// When and how the person signed in.
fn authentication(claims: &mut impl Claims, login: &Login) {
    claims.put("auth_time", json!(login.auth_time.timestamp()), rule::AUTH_TIME);
    if let Some(acr) = login.acr.as_ref().filter(|acr| !acr.is_empty()) {
        claims.put("acr", json!(acr), rule::ACR);
    }
    if !login.amr.is_empty() {
        claims.put("amr", json!(login.amr), rule::AMR);
    }
}

/// `ext`, and the names that are copied beside the standard ones.
fn extend(claims: &mut impl Claims, ext: &Map<String, Value>, rules: &AccessClaims) {
    let standard = rules.profile == JwtProfile::Rfc9068;
    let reserved = |name: &str| RESERVED_ACCESS.contains(&name) || standard && RESERVED_BY_RFC9068.contains(&name);
    let allowed = |name: &str| rules.allowed_top_level.iter().any(|allowed| allowed == name);
    let promoted = |name: &str| allowed(name) && !reserved(name);
    for (name, value) in ext {
        if promoted(name) {
            claims.put(name, value.clone(), rule::TOP_LEVEL);
        } else if allowed(name) {
            claims.leave_out(name, value, rule::RESERVED);
        }
    }
    match (rules.mirror_top_level, rules.preserve_ext) {
        (true, _) => {
            let by = |name: &str| if promoted(name) { rule::MIRRORED } else { rule::EXT };
            claims.put_object("ext", ext.clone(), &by);
        }
        (false, true) => {
            let others = ext.iter().filter(|(name, _)| !promoted(name));
            let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
            claims.put_object("ext", others, &|_| rule::PRESERVED);
        }
        (false, false) => {
            ext.iter()
                .filter(|(name, _)| !allowed(name))
                .for_each(|(name, value)| claims.leave_out(name, value, rule::NOT_PRESERVED));
        }
    }
}

/// Claims of an ID token (OpenID Connect Core 2; contract 5.3).
pub(crate) fn id_token(frame: Frame<'_>, client_id: &str, login: &Login, session: &Session, claims: &mut impl Claims) {
    told(Place::IdToken, client_id, login, session, claims);
    claims.put("iss", json!(frame.issuer), rule::ISSUER);
    claims.put("iat", json!(frame.now.timestamp()), rule::NOW);
    claims.put("exp", json!(frame.ends.at.timestamp()), frame.ends.by);
    claims.put("jti", json!(frame.jti), rule::JTI);
    claims.put("sid", json!(login.session_id), rule::SESSION);
    if let Some(nonce) = &login.nonce {
        claims.put("nonce", json!(nonce), rule::NONCE);
    }
}

/// What userinfo tells (OpenID Connect Core 5.3; contract 6.3): the ID token's claims about the person and the login.
pub(crate) fn person(issuer: &str, now: Time, client_id: &str, login: &Login, session: &Session) -> Map<String, Value> {
    let mut claims = Map::new();
    told(Place::Userinfo, client_id, login, session, &mut claims);
    claims.put("iss", json!(issuer), rule::ISSUER);
    claims.put("iat", json!(now.timestamp()), rule::NOW);
    claims
}

/// What both tell. The consent decides which claims there are; one that was asked for with values (OpenID Connect Core 5.5.1) is told
/// with one of them or not at all.
fn told(place: Place, client_id: &str, login: &Login, session: &Session, claims: &mut impl Claims) {
    let asked = &session.terms.requested_claims;
    for (name, value) in &session.id_token {
        if RESERVED_ID.contains(&name.as_str()) {
            claims.leave_out(name, value, rule::RESERVED);
        } else if claims_request::allows(asked, place, name, value) {
            claims.put(name, value.clone(), rule::GIVEN);
        } else {
            claims.leave_out(name, value, rule::NOT_WANTED);
        }
    }
    claims.put("sub", json!(login.shown_subject), rule::SHOWN_SUBJECT);
    claims.put("aud", json!([client_id]), rule::FOR_CLIENT);
    claims.put("rat", json!(login.requested_at.timestamp()), rule::REQUESTED_AT);
    authentication(claims, login);
}

#[cfg(test)]
mod tests;
