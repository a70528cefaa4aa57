//! Rows of `device_requests`. Each step from one state to the next is one update that only the first of many wins.

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
    schema::device_requests as table,
};
use crate::model::{
    device::{DeviceRequest, DeviceRequestId, DeviceState, Polling},
    token::Granted,
};

const PENDING: &str = "pending";
const CLAIMED: &str = "claimed";
const GRANTED: &str = "granted";
const DENIED: &str = "denied";
const USED: &str = "used";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    id: String,
    device_digest: Vec<u8>,
    user_digest: Vec<u8>,
    client_id: String,
    scope: String,
    audience: String,
    poll_interval: i64,
    polled_at: Option<NaiveDateTime>,
    state: String,
    grant_id: Option<String>,
    subject: Option<String>,
    granted_scope: Option<String>,
    granted_audience: Option<String>,
    session: Option<Vec<u8>>,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

const fn column(name: &'static str) -> Column {
    Column("device_requests", name)
}

impl Row {
    fn state(&self) -> Result<DeviceState, Error> {
        Ok(match self.state.as_str() {
            PENDING => DeviceState::Pending,
            CLAIMED => DeviceState::Claimed,
            DENIED => DeviceState::Denied,
            USED => DeviceState::Used,
            GRANTED => DeviceState::Granted(self.granted()?),
            _ => return Err(column("state").corrupt()),
        })
    }

    fn granted(&self) -> Result<Granted, Error> {
        let text = |value: &Option<String>, name| value.clone().ok_or_else(|| column(name).corrupt());
        Ok(Granted {
            grant_id: Some(column("grant_id").parse(&text(&self.grant_id, "grant_id")?)?),
            client_id: ClientId::new(self.client_id.clone()),
            subject: text(&self.subject, "subject")?,
            scope: split_scope(&text(&self.granted_scope, "granted_scope")?),
            audience: column("granted_audience").json(&text(&self.granted_audience, "granted_audience")?)?,
            session: self.session.clone().unwrap_or_default(),
        })
    }
}

impl TryFrom<Row> for DeviceRequest {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            state: row.state()?,
            id: column("id").parse(&row.id)?,
            device_digest: column("device_digest").digest(&row.device_digest)?,
            user_digest: column("user_digest").digest(&row.user_digest)?,
            client_id: ClientId::new(row.client_id),
            scope: split_scope(&row.scope),
            audience: column("audience").json(&row.audience)?,
            polling: Polling { interval: row.poll_interval, last: row.polled_at.map(unstamp) },
            issued_at: unstamp(row.issued_at),
            expires_at: unstamp(row.expires_at),
        })
    }
}

/// Writes a request nobody has typed the code of; `Conflict` when another has one of its codes.
pub(crate) fn insert(conn: &mut AnyConn, request: &DeviceRequest) -> Result<(), Error> {
    let row = Row {
        id: request.id.text(),
        device_digest: request.device_digest.to_vec(),
        user_digest: request.user_digest.to_vec(),
        client_id: request.client_id.text(),
        scope: request.scope.join(" "),
        audience: to_json(&request.audience)?,
        poll_interval: request.polling.interval,
        polled_at: request.polling.last.map(stamp),
        state: PENDING.to_owned(),
        grant_id: None,
        subject: None,
        granted_scope: None,
        granted_audience: None,
        session: None,
        issued_at: stamp(request.issued_at),
        expires_at: stamp(request.expires_at),
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}

/// A request by the digest of its device code.
pub(crate) fn of_device(conn: &mut AnyConn, digest: Digest) -> Result<Option<DeviceRequest>, Error> {
    let of = table::table.filter(table::device_digest.eq(digest.to_vec()));
    let row: Option<Row> = of.select(Row::as_select()).first(conn).optional()?;
    row.map(DeviceRequest::try_from).transpose()
}

/// A request by its id.
pub(crate) fn get(conn: &mut AnyConn, id: DeviceRequestId) -> Result<Option<DeviceRequest>, Error> {
    let row: Option<Row> = table::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    row.map(DeviceRequest::try_from).transpose()
}

/// Claims the pending request one of these digests of a user code belongs to.
pub(crate) fn claim(conn: &mut AnyConn, digests: &[Digest], now: Time) -> Result<Option<DeviceRequest>, Error> {
    let digests: Vec<Vec<u8>> = digests.iter().map(shared_types::secret::Digest::to_vec).collect();
    let of = table::table.filter(table::user_digest.eq_any(digests));
    let row: Option<Row> = of.select(Row::as_select()).first(conn).optional()?;
    let Some(request) = row.map(DeviceRequest::try_from).transpose()? else { return Ok(None) };
    let open =
        table::table.find(request.id.text()).filter(table::state.eq(PENDING)).filter(table::expires_at.gt(stamp(now)));
    let won = diesel::update(open).set(table::state.eq(CLAIMED)).execute(conn)? == 1;
    Ok(won.then_some(request))
}

/// Keeps what the person agreed to. `false`: the request is not waiting for it any more.
pub(crate) fn grant(conn: &mut AnyConn, id: DeviceRequestId, granted: &Granted) -> Result<bool, Error> {
    let waiting = table::table.find(id.text()).filter(table::state.eq(CLAIMED));
    let values = (
        table::state.eq(GRANTED),
        table::grant_id.eq(granted.grant_id.map(|id| id.hex())),
        table::subject.eq(&granted.subject),
        table::granted_scope.eq(granted.scope.join(" ")),
        table::granted_audience.eq(to_json(&granted.audience)?),
        table::session.eq(&granted.session),
    );
    Ok(diesel::update(waiting).set(values).execute(conn)? == 1)
}

/// Keeps that the person refused.
pub(crate) fn deny(conn: &mut AnyConn, id: DeviceRequestId) -> Result<bool, Error> {
    let waiting = table::table.find(id.text()).filter(table::state.eq(CLAIMED));
    Ok(diesel::update(waiting).set(table::state.eq(DENIED)).execute(conn)? == 1)
}

/// Spends what was agreed to. `false`: it is spent, or was taken back.
#[must_use = "a request that is not won must not yield tokens"]
pub(crate) fn spend(conn: &mut AnyConn, id: DeviceRequestId) -> Result<bool, Error> {
    let unused = table::table.find(id.text()).filter(table::state.eq(GRANTED));
    Ok(diesel::update(unused).set(table::state.eq(USED)).execute(conn)? == 1)
}

/// Remembers when the device asked, and how long it has to wait.
pub(crate) fn polled(conn: &mut AnyConn, id: DeviceRequestId, polling: Polling) -> Result<(), Error> {
    let values = (table::poll_interval.eq(polling.interval), table::polled_at.eq(polling.last.map(stamp)));
    diesel::update(table::table.find(id.text())).set(values).execute(conn)?;
    Ok(())
}

/// Removes the requests of grants.
pub(crate) fn delete_grants(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    let ids: Vec<String> = grants.iter().map(GrantId::hex).collect();
    Ok(diesel::delete(table::table.filter(table::grant_id.eq_any(ids))).execute(conn)?)
}

/// Removes the requests of a client.
pub(crate) fn delete_client(conn: &mut AnyConn, client: &ClientId) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.filter(table::client_id.eq(client.as_str()))).execute(conn)?)
}

/// Removes at most `limit` requests that expired before `before`.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<String> =
        table::table.filter(table::expires_at.lt(stamp(before))).limit(limit).select(table::id).load(conn)?;
    Ok(diesel::delete(table::table.filter(table::id.eq_any(expired))).execute(conn)?)
}
