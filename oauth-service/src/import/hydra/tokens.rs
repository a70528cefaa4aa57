//! Refresh tokens and access tokens. Their texts are nowhere; a row is found again by the signature that a text brings.

mod session;

use shared_types::{
    db::{AnyConn, Error, foreign::Row},
    id::{ClientId, GrantId},
    import::Outcome,
    secret::Digest,
    time::Time,
};

use self::session::TheirSession;
use super::{
    batch::{Job, Kind, Rules},
    clients::bars,
    failed, skipped, unreadable,
};
use crate::{
    model::token::{AccessToken, Granted, RefreshToken, Used},
    store::{access_tokens, clients, hydra::Table, refresh_tokens},
    token::{
        imported::{ACCESS_ROW, REFRESH_ROW, hash_of_signature},
        seal_session,
    },
};

/// Hexadecimal digits of a signature's hash.
const HASHED: usize = 96;

pub(super) struct RefreshTokens;

impl Kind for RefreshTokens {
    const NAME: &'static str = "refresh tokens";
    const TABLE: Table = Table::RefreshTokens;
    type Item = RefreshToken;

    fn id(row: &Row) -> Option<String> {
        row.key("signature")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<RefreshToken, Outcome> {
        let signature = common(job, row)?;
        let theirs = TheirSession::open(job, row)?;
        let time = |name: &str| row.time(name).map_err(|error| unreadable(&error));
        let issued_at = time("requested_at")?.unwrap_or(job.cx.now);
        let expires_at = match theirs.expires_at("refresh_token") {
            Some(end) => Some(end),
            None => time("expires_at")?,
        };
        if expires_at.is_some_and(|end| end <= job.cx.now) {
            return Err(skipped("it has expired"));
        }
        let grant_id = grant_of(row)?;
        let access = row.text("access_token_signature").map(|signature| access_digest(job, signature));
        Ok(RefreshToken {
            digest: job.cx.digester.digest(REFRESH_ROW, signature),
            grant_id,
            granted: granted(job, row, Some(grant_id), &theirs)?,
            access_digest: access,
            issued_at,
            expires_at,
            used: used(row)?,
        })
    }

    fn ends(token: &RefreshToken) -> Option<Time> {
        token.expires_at
    }

    fn keep(conn: &mut AnyConn, token: &RefreshToken, rules: Rules) -> Result<Outcome, Error> {
        if !rules.dry_run && clients::get(conn, &token.granted.client_id)?.is_none() {
            return Ok(skipped("its client is not here"));
        }
        refresh_tokens::insert(conn, token).map(|()| Outcome::Imported)
    }

    /// It was spent or taken back there since: it must be no good here either. One that was spent here stays so.
    fn again(conn: &mut AnyConn, token: &RefreshToken, rules: Rules) -> Result<Outcome, Error> {
        if token.used.is_none() {
            return Ok(Outcome::Unchanged);
        }
        match refresh_tokens::get(conn, token.digest)? {
            Some(here) if here.used.is_none() => {
                let spent = refresh_tokens::spend(conn, &here, rules.now)?;
                Ok(if spent { Outcome::Updated } else { Outcome::Unchanged })
            }
            _ => Ok(Outcome::Unchanged),
        }
    }
}

pub(super) struct AccessTokens;

impl Kind for AccessTokens {
    const NAME: &'static str = "access tokens";
    const TABLE: Table = Table::AccessTokens;
    type Item = AccessToken;

    fn id(row: &Row) -> Option<String> {
        row.key("signature")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<AccessToken, Outcome> {
        let signature = common(job, row)?;
        if row.flag("active").map_err(|error| unreadable(&error))? == Some(false) {
            return Err(skipped("it was taken back"));
        }
        let theirs = TheirSession::open(job, row)?;
        let time = |name: &str| row.time(name).map_err(|error| unreadable(&error));
        let expires_at = match theirs.expires_at("access_token") {
            Some(end) => Some(end),
            None => time("expires_at")?,
        };
        let expires_at = expires_at.ok_or_else(|| failed("it has no end"))?;
        if expires_at <= job.cx.now {
            return Err(skipped("it has expired"));
        }
        // Without a consent it came of no authorization: a client got it for itself, or for an assertion.
        let grant = row.text("challenge_id").is_some().then(|| grant_of(row)).transpose()?;
        Ok(AccessToken {
            digest: access_digest(job, signature),
            granted: granted(job, row, grant, &theirs)?,
            issued_at: time("requested_at")?.unwrap_or(job.cx.now),
            expires_at,
        })
    }

    fn ends(token: &AccessToken) -> Option<Time> {
        Some(token.expires_at)
    }

    fn keep(conn: &mut AnyConn, token: &AccessToken, rules: Rules) -> Result<Outcome, Error> {
        if !rules.dry_run && clients::get(conn, &token.granted.client_id)?.is_none() {
            return Ok(skipped("its client is not here"));
        }
        access_tokens::insert(conn, token).map(|()| Outcome::Imported)
    }
}

/// The signature that names a row, where its token could be checked here at all.
fn common<'a>(job: &Job<'_>, row: &'a Row) -> Result<&'a str, Outcome> {
    if job.opener.is_empty() {
        return Err(skipped("no system secret was given"));
    }
    row.required("signature").map_err(|error| unreadable(&error))
}

/// Old schemas hold signatures of access tokens as they are.
fn access_digest(job: &Job<'_>, signature: &str) -> Digest {
    let is_hash = signature.len() == HASHED && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = if is_hash { signature.to_owned() } else { hash_of_signature(signature) };
    job.cx.digester.digest(ACCESS_ROW, &hash)
}

fn grant_of(row: &Row) -> Result<GrantId, Outcome> {
    let id = row.required("request_id").map_err(|error| unreadable(&error))?;
    GrantId::parse(id).map_err(|_| failed("its grant's id is no UUID"))
}

fn granted(job: &Job<'_>, row: &Row, grant_id: Option<GrantId>, theirs: &TheirSession) -> Result<Granted, Outcome> {
    let session = theirs.ours(grant_id);
    let sealed = seal_session(job.cx, &session).map_err(|_| failed("its claims cannot be sealed"))?;
    Ok(Granted {
        grant_id,
        client_id: ClientId::from(row.required("client_id").map_err(|error| unreadable(&error))?),
        subject: theirs.subject(row),
        scope: bars(row, "granted_scope"),
        audience: bars(row, "granted_audience"),
        session: sealed,
    })
}

/// One that is not active has been spent or taken back, and comes so that a second use is seen. When it was taken back is not known: no
/// period of grace covers it.
fn used(row: &Row) -> Result<Option<Used>, Outcome> {
    if row.flag("active").map_err(|error| unreadable(&error))? != Some(false) {
        return Ok(None);
    }
    let first_at = row.time("first_used_at").map_err(|error| unreadable(&error))?.unwrap_or(Time::UNIX_EPOCH);
    let times = row.integer("used_times").map_err(|error| unreadable(&error))?.unwrap_or(1);
    Ok(Some(Used { first_at, times: times.max(1) }))
}
