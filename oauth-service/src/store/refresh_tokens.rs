//! Rows of `refresh_tokens`. A rotated token stays until it would have expired, so that a second use is seen.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{ClientId, GrantId},
    secret::Digest,
    time::Time,
};

use super::{
    row::{Column, split_scope, to_json},
    schema::refresh_tokens as table,
};
use crate::model::token::{Granted, RefreshToken, Used};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    digest: Vec<u8>,
    grant_id: String,
    client_id: String,
    subject: String,
    scope: String,
    audience: String,
    session: Vec<u8>,
    access_digest: Option<Vec<u8>>,
    issued_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
    first_used_at: Option<NaiveDateTime>,
    used_times: i64,
}

const fn column(name: &'static str) -> Column {
    Column("refresh_tokens", name)
}

impl TryFrom<Row> for RefreshToken {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let grant_id = column("grant_id").parse(&row.grant_id)?;
        let access_digest = row.access_digest.map(|bytes| column("access_digest").digest(&bytes)).transpose()?;
        Ok(Self {
            digest: column("digest").digest(&row.digest)?,
            grant_id,
            granted: Granted {
                grant_id: Some(grant_id),
                client_id: ClientId::new(row.client_id),
                subject: row.subject,
                scope: split_scope(&row.scope),
                audience: column("audience").json(&row.audience)?,
                session: row.session,
            },
            access_digest,
            issued_at: unstamp(row.issued_at),
            expires_at: row.expires_at.map(unstamp),
            used: row.first_used_at.map(|at| Used { first_at: unstamp(at), times: row.used_times }),
        })
    }
}

/// Writes a token.
pub(crate) fn insert(conn: &mut AnyConn, token: &RefreshToken) -> Result<(), Error> {
    let granted = &token.granted;
    let row = Row {
        digest: token.digest.to_vec(),
        grant_id: token.grant_id.hex(),
        client_id: granted.client_id.text(),
        subject: granted.subject.clone(),
        scope: granted.scope.join(" "),
        audience: to_json(&granted.audience)?,
        session: granted.session.clone(),
        access_digest: token.access_digest.map(|digest| digest.to_vec()),
        issued_at: stamp(token.issued_at),
        expires_at: token.expires_at.map(stamp),
        first_used_at: token.used.map(|used| stamp(used.first_at)),
        used_times: token.used.map_or(0, |used| used.times),
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}

/// A token by its digest.
pub(crate) fn get(conn: &mut AnyConn, digest: Digest) -> Result<Option<RefreshToken>, Error> {
    let row: Option<Row> = table::table.find(digest.to_vec()).select(Row::as_select()).first(conn).optional()?;
    row.map(RefreshToken::try_from).transpose()
}

/// Counts one more use of a token that is still as it was read. `false`: somebody was faster, or it is gone.
#[must_use = "a token that is not won must not be rotated"]
pub(crate) fn spend(conn: &mut AnyConn, token: &RefreshToken, now: Time) -> Result<bool, Error> {
    let digest = token.digest.to_vec();
    // A token that never expires gets an end once it is rotated, or its row would stay for ever.
    let end = token.expires_at.unwrap_or(now + chrono::Duration::days(180));
    let count = match token.used {
        None => diesel::update(table::table.find(digest).filter(table::first_used_at.is_null()))
            .set((table::first_used_at.eq(stamp(now)), table::used_times.eq(1), table::expires_at.eq(stamp(end))))
            .execute(conn)?,
        Some(used) => diesel::update(table::table.find(digest).filter(table::used_times.eq(used.times)))
            .set(table::used_times.eq(used.times + 1))
            .execute(conn)?,
    };
    Ok(count == 1)
}

/// Gives a token that has not been rotated another end. `false`: it has been, or it is gone.
#[must_use = "a token that is gone yields nothing"]
pub(crate) fn prolong(conn: &mut AnyConn, digest: Digest, until: Option<Time>) -> Result<bool, Error> {
    let unused = table::table.find(digest.to_vec()).filter(table::first_used_at.is_null());
    Ok(diesel::update(unused).set(table::expires_at.eq(until.map(stamp))).execute(conn)? == 1)
}

/// Removes the tokens of grants.
pub(crate) fn delete_grants(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    let ids: Vec<String> = grants.iter().map(GrantId::hex).collect();
    Ok(diesel::delete(table::table.filter(table::grant_id.eq_any(ids))).execute(conn)?)
}

/// Removes the tokens of a client.
pub(crate) fn delete_client(conn: &mut AnyConn, client: &ClientId) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.filter(table::client_id.eq(client.as_str()))).execute(conn)?)
}

/// Removes at most `limit` tokens that expired before `before`.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<Vec<u8>> =
        table::table.filter(table::expires_at.lt(stamp(before))).limit(limit).select(table::digest).load(conn)?;
    Ok(diesel::delete(table::table.filter(table::digest.eq_any(expired))).execute(conn)?)
}
