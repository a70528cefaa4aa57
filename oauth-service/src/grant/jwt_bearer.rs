//! `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 2.1, 3; contract 4.9): an issuer that is trusted speaks for somebody, and the
//! client that brings its word gets an access token for that person.

pub(crate) mod trust;

use std::sync::Arc;

use chrono::Duration;
use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use shared_types::{
    db::{AnyConn, Error},
    time::{Time, from_numeric_date},
};

use super::{Grant, Verdict, allowed_audience, allowed_scopes, invalid_grant, keep, required, scopes_of};
use crate::{
    app::Cx,
    client::assertion::audiences,
    key::{admin, compact::Compact},
    model::{
        issuer::TrustedIssuer,
        token::{Granted, Session},
    },
    protocol::{
        audience,
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::{keys, trusted_issuers, used_nonces},
    token::{
        hook::{Asking, issued_with},
        imported,
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
    },
};

/// The grant.
pub(super) struct JwtBearer;

/// What the token request says.
pub(super) struct BearerParams {
    assertion: String,
    scope: Vec<String>,
    audience: Vec<String>,
}

/// Under which an assertion is marked as used.
const PURPOSE: &str = "jwt-bearer assertion";
/// Clocks differ by so much.
const LEEWAY: Duration = Duration::seconds(10);
/// A subject is at most 255 bytes (OpenID Connect Core 2).
const LONGEST: usize = 255;

impl TryFrom<&Params> for BearerParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        Ok(Self {
            assertion: required(params, "assertion")?,
            scope: scopes_of(params),
            audience: audience::split(params.all("audience")),
        })
    }
}

impl Grant for JwtBearer {
    const TYPE: &'static str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    type Params = BearerParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: BearerParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        let word = Word::believed(cx, &params.assertion).await?;
        // RFC 6749 3.3: neither the client nor the issuer hands out more than it may itself.
        if let Some(refused) = cx.config.strategies.scope.first_refused(&word.trust.scope, &params.scope) {
            let why = format!("The scope {refused} is not one the issuer of the assertion is trusted with.");
            return Err(OAuthError::new(OAuthCode::InvalidScope).because(why));
        }
        allowed_scopes(cx, client, &params.scope)?;
        allowed_audience(client, &params.audience)?;
        let mut audience = params.audience;
        if !cx.config.oauth2.jwt_bearer.omit_audience {
            audience.extend(word.audience.iter().filter(|name| !audience.contains(name)).cloned().collect::<Vec<_>>());
        }
        let granted = Granted {
            grant_id: None,
            client_id: client.id.clone(),
            subject: word.subject.clone(),
            scope: params.scope,
            audience,
            session: Vec::new(),
        };
        let asking = Asking { grant_type: Self::TYPE, requested: &granted.scope, granted: &granted };
        let payload = Map::from_iter([("assertion".to_owned(), Value::String(params.assertion))]);
        let session = issued_with(cx, asking, Session::default(), payload).await?;
        let recipe =
            Recipe { asker, granted: granted.clone(), narrowed: Narrowed::default(), session, via: Via::JwtBearer };
        let tokens = Arc::new(mint(cx, recipe).await?);
        exchange(cx, word, tokens).await
    }
}

/// What an issuer says, checked.
struct Word {
    trust: TrustedIssuer,
    subject: String,
    audience: Vec<String>,
    jti: Option<String>,
    /// When it ends.
    until: Time,
}

impl Word {
    async fn believed(cx: &Cx, assertion: &str) -> Result<Self, OAuthError> {
        let compact = Compact::parse(assertion).map_err(|_| invalid_grant("The assertion is not a signed JWT."))?;
        let claims = compact.unverified();
        let text = |name: &str| {
            let value = claims.get(name).and_then(Value::as_str);
            value.filter(|text| !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control))
        };
        let issuer = text("iss").ok_or_else(|| invalid_grant("The assertion has no iss."))?.to_owned();
        let subject = text("sub").ok_or_else(|| invalid_grant("The assertion has no sub."))?.to_owned();
        let trust = signed_by(cx, &compact, &issuer, &subject).await?;
        let until = times(cx, claims)?;
        let audience = named(cx, claims)?;
        let jti = text("jti").map(str::to_owned);
        if jti.is_none() && !cx.config.oauth2.jwt_bearer.jti_optional {
            return Err(invalid_grant("The assertion has no jti."));
        }
        if let Some(jti) = &jti
            && imported::knows_jti(cx, jti).await?
        {
            return Err(OAuthCode::JtiKnown.into());
        }
        Ok(Self { trust, subject, audience, jti, until })
    }
}

/// The trust whose key signed the assertion. Trusts that have ended are none.
async fn signed_by(cx: &Cx, compact: &Compact<'_>, issuer: &str, subject: &str) -> Result<TrustedIssuer, OAuthError> {
    let unknown = || invalid_grant("No issuer that is trusted with this subject signed the assertion.");
    let alg = compact.alg().ok_or_else(|| invalid_grant("The algorithm of the assertion is not supported."))?;
    let kid = compact.header("kid").filter(|kid| !kid.contains('\0')).map(str::to_owned);
    let (issuer, subject, now) = (issuer.to_owned(), subject.to_owned(), cx.now);
    let look = move |conn: &mut AnyConn| -> Result<Vec<_>, Error> {
        let mut found = Vec::new();
        for trust in trusted_issuers::covering(conn, (&issuer, &subject), kid.as_deref(), now)? {
            if let Some(key) = keys::get(conn, &trust.issuer, &trust.kid)? {
                found.push((trust, key));
            }
        }
        Ok(found)
    };
    for (trust, row) in cx.db.read(look).await? {
        let jwk: Jwk = admin::opened(cx, &row)?;
        if compact.is_signed_by(alg, &jwk) {
            return Ok(trust);
        }
    }
    Err(unknown())
}

/// `exp`, `nbf` and `iat` (RFC 7523 3, points 4 to 6); the instant at which the assertion ends.
fn times(cx: &Cx, claims: &Map<String, Value>) -> Result<Time, OAuthError> {
    let rules = &cx.config.oauth2.jwt_bearer;
    let at = |name: &str| claims.get(name).and_then(Value::as_f64).and_then(from_numeric_date);
    let exp = at("exp").ok_or_else(|| invalid_grant("The assertion has no exp."))?;
    if exp <= cx.now - LEEWAY {
        return Err(invalid_grant("The assertion has expired."));
    }
    if ["nbf", "iat"].into_iter().filter_map(at).any(|begins| begins > cx.now + LEEWAY) {
        return Err(invalid_grant("The assertion is not good yet."));
    }
    let made = at("iat");
    if made.is_none() && !rules.iat_optional {
        return Err(invalid_grant("The assertion has no iat."));
    }
    if exp - made.unwrap_or(cx.now) > rules.max_ttl.chrono() {
        return Err(invalid_grant("The assertion is good for longer than this server believes one."));
    }
    Ok(exp + LEEWAY)
}

/// `aud` (RFC 7523 3, point 3): it names this server.
fn named(cx: &Cx, claims: &Map<String, Value>) -> Result<Vec<String>, OAuthError> {
    let all: Vec<String> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let accepted = audiences(cx);
    if all.iter().any(|name| accepted.contains(name)) {
        return Ok(all);
    }
    Err(invalid_grant("The aud of the assertion must be the token endpoint or the issuer of this server."))
}

/// Marks the assertion as used and keeps the token, in one write.
async fn exchange(cx: &Cx, word: Word, tokens: Arc<TokenSet>) -> Result<TokenSet, OAuthError> {
    let mark = word.jti.map(|jti| openssl::sha::sha256(format!("{}\0{jti}", word.trust.issuer).as_bytes()));
    let (until, kept) = (word.until, Arc::clone(&tokens));
    let write = move |conn: &mut AnyConn| -> Result<Verdict, Error> {
        if let Some(mark) = &mark
            && !used_nonces::spend(conn, PURPOSE, mark, until)?
        {
            return Ok(Verdict::Refuse(OAuthCode::JtiKnown.into()));
        }
        keep(conn, &kept)?;
        Ok(Verdict::Issue)
    };
    match cx.db.write(write).await? {
        Verdict::Issue => Ok(Arc::unwrap_or_clone(tokens)),
        Verdict::Refuse(error) => Err(error),
    }
}
