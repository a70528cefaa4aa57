//! Sessions and the devices they were opened on.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{IdentityId, SessionId},
    secret::Digest,
    time::Time,
};

use super::{
    identities,
    row::Table,
    schema::{session_devices, sessions},
};
use crate::model::{
    identity::Identity,
    session::{Device, Session},
};

const TABLE: Table = Table("sessions");

#[derive(Queryable, Selectable, Clone)]
#[diesel(table_name = sessions)]
struct Row {
    id: String,
    identity_id: String,
    active: bool,
    aal: String,
    methods: String,
    issued_at: NaiveDateTime,
    authenticated_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session_devices)]
struct DeviceRow {
    id: String,
    session_id: String,
    ip_address: String,
    user_agent: String,
    location: String,
}

impl Row {
    fn read(self, devices: Vec<Device>) -> Result<Session, Error> {
        Ok(Session {
            id: TABLE.parse("id", &self.id)?,
            identity_id: TABLE.parse("identity_id", &self.identity_id)?,
            active: self.active,
            aal: TABLE.parse("aal", &self.aal)?,
            methods: TABLE.json("methods", &self.methods)?,
            issued_at: unstamp(self.issued_at),
            authenticated_at: unstamp(self.authenticated_at),
            expires_at: unstamp(self.expires_at),
            devices,
        })
    }
}

fn methods_column(session: &Session) -> Result<String, Error> {
    serde_json::to_string(&session.methods).map_err(|error| Error::Backend(Box::new(error)))
}

/// Adds a session under the digest of its token.
pub(crate) fn insert(conn: &mut AnyConn, session: &Session, token: &Digest) -> Result<(), Error> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id.text()),
            sessions::identity_id.eq(session.identity_id.text()),
            sessions::token_digest.eq(token.to_vec()),
            sessions::active.eq(session.active),
            sessions::aal.eq(session.aal.as_str()),
            sessions::methods.eq(methods_column(session)?),
            sessions::issued_at.eq(stamp(session.issued_at)),
            sessions::authenticated_at.eq(stamp(session.authenticated_at)),
            sessions::expires_at.eq(stamp(session.expires_at)),
        ))
        .execute(conn)?;
    for device in &session.devices {
        insert_device(conn, session.id, device)?;
    }
    Ok(())
}

/// Adds a device to a session that was used to prove something again.
pub(crate) fn insert_device(conn: &mut AnyConn, session: SessionId, device: &Device) -> Result<(), Error> {
    let row = DeviceRow {
        id: device.id.text(),
        session_id: session.text(),
        ip_address: device.ip_address.clone(),
        user_agent: device.user_agent.clone(),
        location: device.location.clone(),
    };
    diesel::insert_into(session_devices::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes what a repeated or stronger proof changes. A new token digest replaces the old one when given.
pub(crate) fn update(conn: &mut AnyConn, session: &Session, token: Option<&Digest>) -> Result<bool, Error> {
    let target = sessions::table.find(session.id.text());
    let count = diesel::update(target)
        .set((
            sessions::active.eq(session.active),
            sessions::aal.eq(session.aal.as_str()),
            sessions::methods.eq(methods_column(session)?),
            sessions::authenticated_at.eq(stamp(session.authenticated_at)),
            sessions::expires_at.eq(stamp(session.expires_at)),
        ))
        .execute(conn)?;
    if let Some(token) = token {
        diesel::update(sessions::table.find(session.id.text()))
            .set(sessions::token_digest.eq(token.to_vec()))
            .execute(conn)?;
    }
    Ok(count > 0)
}

/// The session with this id, whatever its condition.
pub(crate) fn get(conn: &mut AnyConn, id: SessionId) -> Result<Option<Session>, Error> {
    let row = sessions::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    Ok(with_devices(conn, vec![row])?.pop())
}

/// Sessions and their identities by token digests, in the order of the digests: three statements for any number of them.
pub(crate) fn by_digests(conn: &mut AnyConn, digests: &[Digest]) -> Result<Vec<Option<(Session, Identity)>>, Error> {
    let keys: Vec<Vec<u8>> = digests.iter().map(Digest::to_vec).collect();
    let found: Vec<(Vec<u8>, Row, identities::Row)> = sessions::table
        .inner_join(super::schema::identities::table)
        .filter(sessions::token_digest.eq_any(&keys))
        .select((sessions::token_digest, Row::as_select(), identities::Row::as_select()))
        .load(conn)?;
    let mut sessions = Vec::with_capacity(found.len());
    let mut owners = Vec::with_capacity(found.len());
    let mut order = Vec::with_capacity(found.len());
    for (digest, session, owner) in found {
        order.push(digest);
        sessions.push(session);
        owners.push(owner);
    }
    let sessions = with_devices(conn, sessions)?;
    let owners = identities::with_addresses(conn, owners)?;
    let mut answers: HashMap<Vec<u8>, (Session, Identity)> =
        order.into_iter().zip(sessions.into_iter().zip(owners)).collect();
    // The same token may have been asked for twice in one batch.
    let mut answer_of = |key: &Vec<u8>, last: bool| if last { answers.remove(key) } else { answers.get(key).cloned() };
    Ok(keys.iter().enumerate().map(|(i, key)| answer_of(key, !keys.iter().skip(i + 1).any(|k| k == key))).collect())
}

/// Sessions by their ids, with the digests of their tokens.
pub(crate) fn by_ids(conn: &mut AnyConn, ids: &[SessionId]) -> Result<HashMap<SessionId, (Session, Digest)>, Error> {
    let ids: Vec<String> = ids.iter().map(SessionId::text).collect();
    let found: Vec<(Vec<u8>, Row)> = sessions::table
        .filter(sessions::id.eq_any(ids))
        .select((sessions::token_digest, Row::as_select()))
        .load(conn)?;
    let (digests, rows): (Vec<Vec<u8>>, Vec<Row>) = found.into_iter().unzip();
    let read =
        |bytes: &Vec<u8>| Digest::from_slice(bytes).ok_or(Error::Corrupt { table: "sessions", column: "token_digest" });
    let digests = digests.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let sessions = with_devices(conn, rows)?;
    Ok(sessions.into_iter().zip(digests).map(|(session, digest)| (session.id, (session, digest))).collect())
}

fn with_devices(conn: &mut AnyConn, rows: Vec<Row>) -> Result<Vec<Session>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let devices: Vec<DeviceRow> = session_devices::table
        .filter(session_devices::session_id.eq_any(ids))
        .order(session_devices::id)
        .select(DeviceRow::as_select())
        .load(conn)?;
    let mut groups: HashMap<String, Vec<Device>> = HashMap::new();
    for row in devices {
        let device = Device {
            id: Table("session_devices").parse("id", &row.id)?,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            location: row.location,
        };
        groups.entry(row.session_id).or_default().push(device);
    }
    let complete = |row: Row| {
        let own = groups.remove(&row.id).unwrap_or_default();
        row.read(own)
    };
    rows.into_iter().map(complete).collect()
}

/// Ends one session; `false` when it is unknown or had ended.
pub(crate) fn deactivate(conn: &mut AnyConn, id: SessionId) -> Result<bool, Error> {
    let count = diesel::update(sessions::table.find(id.text()).filter(sessions::active.eq(true)))
        .set(sessions::active.eq(false))
        .execute(conn)?;
    Ok(count > 0)
}

/// Ends the session a token belongs to; `false` when there is none that is active.
pub(crate) fn deactivate_by_digest(conn: &mut AnyConn, digests: &[Digest]) -> Result<bool, Error> {
    let keys: Vec<Vec<u8>> = digests.iter().map(Digest::to_vec).collect();
    let count =
        diesel::update(sessions::table.filter(sessions::token_digest.eq_any(keys)).filter(sessions::active.eq(true)))
            .set(sessions::active.eq(false))
            .execute(conn)?;
    Ok(count > 0)
}

/// Ends every active session of an identity but `keep`; how many were ended.
pub(crate) fn deactivate_others(
    conn: &mut AnyConn,
    identity: IdentityId,
    keep: Option<SessionId>,
    now: Time,
) -> Result<usize, Error> {
    let keep = keep.map(|id| id.text()).unwrap_or_default();
    let count = diesel::update(
        sessions::table
            .filter(sessions::identity_id.eq(identity.text()))
            .filter(sessions::id.ne(keep))
            .filter(sessions::active.eq(true))
            .filter(sessions::expires_at.gt(stamp(now))),
    )
    .set(sessions::active.eq(false))
    .execute(conn)?;
    Ok(count)
}

/// Removes every session of an identity; how many there were.
pub(crate) fn delete_of(conn: &mut AnyConn, identity: IdentityId) -> Result<usize, Error> {
    let target = sessions::table.filter(sessions::identity_id.eq(identity.text()));
    Ok(diesel::delete(target).execute(conn)?)
}

/// What a list of sessions is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) identity: Option<IdentityId>,
    /// Active and unexpired ones alone (`true`), or all others (`false`).
    pub(crate) active: Option<bool>,
    /// Not this one.
    pub(crate) except: Option<SessionId>,
}

/// At most `size` sessions, newest first, after `after` or from `offset` on. Ids of sessions sort by time.
pub(crate) fn page(conn: &mut AnyConn, wanted: Wanted, now: Time, slice: Slice) -> Result<Vec<Session>, Error> {
    let mut query = narrowed(wanted, now).order(sessions::id.desc()).limit(slice.size).offset(slice.offset);
    if let Some(after) = slice.after {
        query = query.filter(sessions::id.lt(after.text()));
    }
    let rows = query.load(conn)?;
    with_devices(conn, rows)
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) after: Option<SessionId>,
    pub(crate) offset: i64,
    pub(crate) size: i64,
}

/// How many sessions of an identity match: the contract's `X-Total-Count`.
pub(crate) fn count(conn: &mut AnyConn, wanted: Wanted, now: Time) -> Result<usize, Error> {
    // Bounded by what one identity can hold; the ids alone are read.
    let rows: Vec<Row> = narrowed(wanted, now).limit(10_000).load(conn)?;
    Ok(rows.len())
}

type Query<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::helper_types::Select<
        sessions::table,
        diesel::helper_types::AsSelect<Row, <AnyConn as diesel::Connection>::Backend>,
    >,
    <AnyConn as diesel::Connection>::Backend,
>;

fn narrowed(wanted: Wanted, now: Time) -> Query<'static> {
    let mut query = sessions::table.select(Row::as_select()).into_boxed();
    if let Some(identity) = wanted.identity {
        query = query.filter(sessions::identity_id.eq(identity.text()));
    }
    if let Some(except) = wanted.except {
        query = query.filter(sessions::id.ne(except.text()));
    }
    match wanted.active {
        Some(true) => query.filter(sessions::active.eq(true)).filter(sessions::expires_at.gt(stamp(now))),
        Some(false) => query.filter(sessions::active.eq(false).or(sessions::expires_at.le(stamp(now)))),
        None => query,
    }
}

/// Removes at most `limit` sessions that expired before `before`; how many.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let ids: Vec<String> =
        sessions::table.filter(sessions::expires_at.lt(stamp(before))).select(sessions::id).limit(limit).load(conn)?;
    Ok(diesel::delete(sessions::table.filter(sessions::id.eq_any(ids))).execute(conn)?)
}
