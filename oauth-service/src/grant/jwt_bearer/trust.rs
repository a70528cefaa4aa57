//! Whom this server believes: trusts made, read and ended by an operator (contract 4.9).

use serde::Deserialize;
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error},
    time::{Time, whole_seconds},
};

use crate::{
    app::Cx,
    key::admin::{self, KeyAdminError},
    model::issuer::{TrustId, TrustedIssuer},
    protocol::scope,
    store::{keys, trusted_issuers},
};

/// Why a trust was not made or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("there is no such trust")]
    Missing,
    /// The issuer is trusted for this subject and by this key already, or has another key of this id.
    #[error("the trust exists")]
    Exists,
    /// What cannot be left out.
    #[error("{0}")]
    Lacks(&'static str),
    #[error(transparent)]
    Key(#[from] KeyAdminError),
    #[error("{0}")]
    Invalid(&'static str),
    #[error(transparent)]
    Db(Error),
}

impl From<Error> for TrustError {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict(_) => Self::Exists,
            other => Self::Db(other),
        }
    }
}

/// A trust as it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewTrust {
    issuer: String,
    subject: String,
    allow_any_subject: bool,
    scope: Vec<String>,
    jwk: Value,
    expires_at: String,
}

const LONGEST: usize = 255;

/// Begins to trust an issuer.
pub(crate) async fn create(cx: &Cx, new: NewTrust) -> Result<TrustedIssuer, TrustError> {
    let expires_at = check(cx, &new)?;
    let key = admin::public_key(cx, &new.issuer, new.jwk)?;
    let trust = TrustedIssuer {
        id: TrustId::ordered(cx.now, cx.entropy.as_ref()),
        subject: (!new.allow_any_subject).then_some(new.subject),
        issuer: new.issuer,
        scope: new.scope,
        kid: key.row.kid.clone(),
        created_at: whole_seconds(cx.now),
        expires_at,
    };
    let row = trust.clone();
    let known = {
        let (set, kid) = (row.issuer.clone(), row.kid.clone());
        cx.db.read(move |conn| keys::get(conn, &set, &kid)).await?
    };
    // Two subjects may be vouched for by one key. A second key under its id would take the first one's place.
    let same = match &known {
        Some(known) => admin::opened(cx, known).map_err(KeyAdminError::Key)? == key.jwk,
        None => false,
    };
    if known.is_some() && !same {
        return Err(TrustError::Exists);
    }
    let write = move |conn: &mut AnyConn| -> Result<(), Error> {
        keys::lock_set(conn, &row.issuer, row.created_at)?;
        if !same {
            keys::insert(conn, &key.row)?;
        }
        trusted_issuers::insert(conn, &row)
    };
    cx.db.write(write).await?;
    tracing::info!(event = "issuer.trusted", issuer = trust.issuer, kid = trust.kid, "an issuer is trusted");
    Ok(trust)
}

fn check(cx: &Cx, new: &NewTrust) -> Result<Time, TrustError> {
    if new.issuer.is_empty() {
        return Err(TrustError::Lacks("The field 'issuer' is missing."));
    }
    match (new.subject.is_empty(), new.allow_any_subject) {
        (true, false) => return Err(TrustError::Lacks("One of 'subject' and 'allow_any_subject' is needed.")),
        (false, true) => return Err(TrustError::Lacks("'subject' and 'allow_any_subject' exclude each other.")),
        _ => {}
    }
    if new.jwk.is_null() {
        return Err(TrustError::Lacks("The field 'jwk' is missing."));
    }
    if new.expires_at.is_empty() {
        return Err(TrustError::Lacks("The field 'expires_at' is missing."));
    }
    if [&new.issuer, &new.subject].into_iter().any(|text| text.len() > LONGEST || text.chars().any(char::is_control)) {
        return Err(TrustError::Invalid("'issuer' and 'subject' have at most 255 bytes and no control characters."));
    }
    if new.scope.iter().any(|word| !scope::is_token(word)) {
        return Err(TrustError::Invalid("The field 'scope' holds a text that cannot be a scope."));
    }
    let ends = chrono::DateTime::parse_from_rfc3339(&new.expires_at).map(|time| whole_seconds(time.to_utc()));
    match ends {
        Ok(ends) if ends > cx.now => Ok(ends),
        Ok(_) => Err(TrustError::Invalid("The field 'expires_at' must lie ahead.")),
        Err(_) => Err(TrustError::Invalid("The field 'expires_at' must be an instant such as 2030-01-01T00:00:00Z.")),
    }
}

/// One trust.
pub(crate) async fn get(cx: &Cx, id: &str) -> Result<TrustedIssuer, TrustError> {
    let id = TrustId::parse(id).map_err(|_| TrustError::Missing)?;
    cx.db.read(move |conn| trusted_issuers::get(conn, id)).await?.ok_or(TrustError::Missing)
}

/// Trusts in the order of their making, from behind `after`.
pub(crate) async fn list(
    cx: &Cx,
    issuer: Option<String>,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<TrustedIssuer>, TrustError> {
    Ok(cx.db.read(move |conn| trusted_issuers::list(conn, issuer.as_deref(), after.as_deref(), limit)).await?)
}

/// Trusts an issuer no more.
pub(crate) async fn delete(cx: &Cx, id: &str) -> Result<(), TrustError> {
    let id = TrustId::parse(id).map_err(|_| TrustError::Missing)?;
    if !cx.db.write(move |conn| trusted_issuers::delete(conn, id)).await? {
        return Err(TrustError::Missing);
    }
    tracing::info!(event = "issuer.distrusted", %id, "an issuer is trusted no more");
    Ok(())
}
