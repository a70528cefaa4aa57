//! Sessions that wait for the program whose sign-in went through a browser (contract §3.3). Both codes are kept as digests.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{FlowId, SessionId},
    secret::Digest,
    time::Time,
};

use super::{row::Table, schema::session_token_exchanges};

const TABLE: Table = Table("session_token_exchanges");

/// One that waits.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// The flow that was begun for it, or the one that goes on in its place.
    pub(crate) flow: FlowId,
    /// The digest of the code the browser brings.
    pub(crate) return_digest: Digest,
    /// The session, once there is one.
    pub(crate) session: Option<SessionId>,
    pub(crate) created_at: Time,
}

/// Keeps the codes of a new flow.
pub(crate) fn insert(
    conn: &mut AnyConn,
    flow: FlowId,
    (init, back): (&Digest, &Digest),
    now: Time,
) -> Result<(), Error> {
    diesel::insert_into(session_token_exchanges::table)
        .values((
            session_token_exchanges::flow_id.eq(flow.text()),
            session_token_exchanges::init_digest.eq(init.to_vec()),
            session_token_exchanges::return_digest.eq(back.to_vec()),
            session_token_exchanges::created_at.eq(stamp(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Another flow goes on in place of that one.
pub(crate) fn hand_over(conn: &mut AnyConn, from: FlowId, to: FlowId) -> Result<(), Error> {
    diesel::update(session_token_exchanges::table.find(from.text()))
        .set(session_token_exchanges::flow_id.eq(to.text()))
        .execute(conn)?;
    Ok(())
}

/// The flow has led to a session, whose token is given sealed.
pub(crate) fn fulfil(conn: &mut AnyConn, flow: FlowId, session: SessionId, sealed: &[u8]) -> Result<(), Error> {
    diesel::update(session_token_exchanges::table.find(flow.text()))
        .set((session_token_exchanges::session_id.eq(session.text()), session_token_exchanges::sealed.eq(Some(sealed))))
        .execute(conn)?;
    Ok(())
}

/// What waits for one of these codes: one for each secret in use.
pub(crate) fn find(conn: &mut AnyConn, init: &[Digest]) -> Result<Option<Exchange>, Error> {
    let digests: Vec<Vec<u8>> = init.iter().map(Digest::to_vec).collect();
    let row: Option<(String, Vec<u8>, Option<String>, NaiveDateTime)> = session_token_exchanges::table
        .filter(session_token_exchanges::init_digest.eq_any(digests))
        .select((
            session_token_exchanges::flow_id,
            session_token_exchanges::return_digest,
            session_token_exchanges::session_id,
            session_token_exchanges::created_at,
        ))
        .first(conn)
        .optional()?;
    let Some((flow, back, session, created_at)) = row else { return Ok(None) };
    let corrupt = Error::Corrupt { table: "session_token_exchanges", column: "return_digest" };
    Ok(Some(Exchange {
        flow: TABLE.parse("flow_id", &flow)?,
        return_digest: Digest::from_slice(&back).ok_or(corrupt)?,
        session: session.map(|id| TABLE.parse("session_id", &id)).transpose()?,
        created_at: unstamp(created_at),
    }))
}

/// Takes the sealed token, once.
pub(crate) fn take(conn: &mut AnyConn, flow: FlowId) -> Result<Option<Vec<u8>>, Error> {
    let row = session_token_exchanges::table.find(flow.text());
    let sealed: Option<Vec<u8>> = row.select(session_token_exchanges::sealed).first(conn).optional()?.flatten();
    let unused = session_token_exchanges::table
        .filter(session_token_exchanges::flow_id.eq(flow.text()))
        .filter(session_token_exchanges::sealed.is_not_null());
    let taken = diesel::update(unused).set(session_token_exchanges::sealed.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(sealed.filter(|_| taken == 1))
}

/// Removes at most `limit` that were begun before `before`; the number removed.
pub(crate) fn remove_older(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let ids: Vec<String> = session_token_exchanges::table
        .filter(session_token_exchanges::created_at.lt(stamp(before)))
        .order(session_token_exchanges::created_at.asc())
        .limit(limit)
        .select(session_token_exchanges::flow_id)
        .load(conn)?;
    let rows = session_token_exchanges::table.filter(session_token_exchanges::flow_id.eq_any(ids));
    Ok(diesel::delete(rows).execute(conn)?)
}
