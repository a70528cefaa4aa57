//! Rows of `authorization_codes`. A used code stays until it would have expired, so that a second use is seen.

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
    schema::authorization_codes as table,
};
use crate::model::token::{Code, Granted};

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
    redirect_uri: Option<String>,
    code_challenge: Option<String>,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    used_at: Option<NaiveDateTime>,
}

const fn column(name: &'static str) -> Column {
    Column("authorization_codes", name)
}

impl TryFrom<Row> for Code {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            digest: column("digest").digest(&row.digest)?,
            granted: Granted {
                grant_id: Some(column("grant_id").parse(&row.grant_id)?),
                client_id: ClientId::new(row.client_id),
                subject: row.subject,
                scope: split_scope(&row.scope),
                audience: column("audience").json(&row.audience)?,
                session: row.session,
            },
            redirect_uri: row.redirect_uri,
            code_challenge: row.code_challenge,
            issued_at: unstamp(row.issued_at),
            expires_at: unstamp(row.expires_at),
            used_at: row.used_at.map(unstamp),
        })
    }
}

/// Writes a code.
pub(crate) fn insert(conn: &mut AnyConn, code: &Code) -> Result<(), Error> {
    let granted = &code.granted;
    let row = Row {
        digest: code.digest.to_vec(),
        grant_id: granted.grant_id.map(|id| id.hex()).unwrap_or_default(),
        client_id: granted.client_id.text(),
        subject: granted.subject.clone(),
        scope: granted.scope.join(" "),
        audience: to_json(&granted.audience)?,
        session: granted.session.clone(),
        redirect_uri: code.redirect_uri.clone(),
        code_challenge: code.code_challenge.clone(),
        issued_at: stamp(code.issued_at),
        expires_at: stamp(code.expires_at),
        used_at: code.used_at.map(stamp),
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}

/// A code by its digest.
pub(crate) fn get(conn: &mut AnyConn, digest: Digest) -> Result<Option<Code>, Error> {
    let row: Option<Row> = table::table.find(digest.to_vec()).select(Row::as_select()).first(conn).optional()?;
    row.map(Code::try_from).transpose()
}

/// Spends a code. `false`: somebody was faster, or it is gone.
#[must_use = "a code that is not won must not yield tokens"]
pub(crate) fn spend(conn: &mut AnyConn, digest: Digest, now: Time) -> Result<bool, Error> {
    let unused = table::table.find(digest.to_vec()).filter(table::used_at.is_null());
    Ok(diesel::update(unused).set(table::used_at.eq(stamp(now))).execute(conn)? == 1)
}

/// Removes the codes of grants.
pub(crate) fn delete_grants(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    let ids: Vec<String> = grants.iter().map(GrantId::hex).collect();
    Ok(diesel::delete(table::table.filter(table::grant_id.eq_any(ids))).execute(conn)?)
}

/// Removes the codes of a client.
pub(crate) fn delete_client(conn: &mut AnyConn, client: &ClientId) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.filter(table::client_id.eq(client.as_str()))).execute(conn)?)
}

/// Removes at most `limit` codes that expired before `before`.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<Vec<u8>> =
        table::table.filter(table::expires_at.lt(stamp(before))).limit(limit).select(table::digest).load(conn)?;
    Ok(diesel::delete(table::table.filter(table::digest.eq_any(expired))).execute(conn)?)
}
