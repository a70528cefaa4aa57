//! Rows of `login_sessions`.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    id::LoginSessionId,
    time::Time,
};

use super::{
    row::{Column, to_json},
    schema::login_sessions as table,
};
use crate::model::login_session::LoginSession;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = table)]
#[diesel(treat_none_as_null = true)]
struct Row {
    id: String,
    subject: String,
    authenticated_at: chrono::NaiveDateTime,
    remember: bool,
    identity_provider_session_id: Option<String>,
    created_at: chrono::NaiveDateTime,
    expires_at: chrono::NaiveDateTime,
    acr: String,
    amr: String,
}

impl TryFrom<Row> for LoginSession {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |_| Error::Corrupt { table: "login_sessions", column: "id" };
        Ok(Self {
            id: LoginSessionId::parse(&row.id).map_err(corrupt)?,
            subject: row.subject,
            authenticated_at: unstamp(row.authenticated_at),
            remember: row.remember,
            identity_provider_session_id: row.identity_provider_session_id,
            created_at: unstamp(row.created_at),
            expires_at: unstamp(row.expires_at),
            acr: row.acr,
            amr: Column("login_sessions", "amr").json(&row.amr)?,
        })
    }
}

impl TryFrom<&LoginSession> for Row {
    type Error = Error;

    fn try_from(session: &LoginSession) -> Result<Self, Error> {
        Ok(Self {
            id: session.id.text(),
            subject: session.subject.clone(),
            authenticated_at: stamp(session.authenticated_at),
            remember: session.remember,
            identity_provider_session_id: session.identity_provider_session_id.clone(),
            created_at: stamp(session.created_at),
            expires_at: stamp(session.expires_at),
            acr: session.acr.clone(),
            amr: to_json(&session.amr)?,
        })
    }
}

/// A session by its id.
pub(crate) fn get(conn: &mut AnyConn, id: LoginSessionId) -> Result<Option<LoginSession>, Error> {
    let row: Option<Row> = table::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    row.map(LoginSession::try_from).transpose()
}

/// Writes a session, over an earlier one of the same id: a login verifier may come twice.
pub(crate) fn put(conn: &mut AnyConn, session: &LoginSession) -> Result<(), Error> {
    let row = Row::try_from(session)?;
    each_backend!(conn, |c| diesel::insert_into(table::table)
        .values(&row)
        .on_conflict(table::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Gives a session a new end.
pub(crate) fn extend(conn: &mut AnyConn, id: LoginSessionId, until: Time) -> Result<(), Error> {
    diesel::update(table::table.find(id.text())).set(table::expires_at.eq(stamp(until))).execute(conn)?;
    Ok(())
}

/// Removes a session; `false` when there was none.
pub(crate) fn delete(conn: &mut AnyConn, id: LoginSessionId) -> Result<bool, Error> {
    Ok(diesel::delete(table::table.find(id.text())).execute(conn)? == 1)
}

/// Removes every session of a subject and says how many there were.
pub(crate) fn delete_of_subject(conn: &mut AnyConn, subject: &str) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.filter(table::subject.eq(subject))).execute(conn)?)
}

/// Removes sessions that ended before `now`, `limit` at most, and says how many there were.
pub(crate) fn remove_expired(conn: &mut AnyConn, now: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<String> = table::table
        .filter(table::expires_at.lt(stamp(now)))
        .order(table::expires_at)
        .limit(limit)
        .select(table::id)
        .load(conn)?;
    Ok(diesel::delete(table::table.filter(table::id.eq_any(&expired))).execute(conn)?)
}

#[cfg(test)]
mod tests;
