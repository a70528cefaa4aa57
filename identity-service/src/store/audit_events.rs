//! Security events, kept for operators.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    id::{AuditEventId, IdentityId},
    time::Time,
};

use super::{row::Table, schema::audit_events};
use crate::model::audit::{AuditEvent, first_id};

const TABLE: Table = Table("audit_events");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events)]
struct Row {
    id: String,
    at: NaiveDateTime,
    event: String,
    actor: Option<String>,
    identity: Option<String>,
    details: String,
}

impl Row {
    fn of(event: &AuditEvent) -> Self {
        Self {
            id: event.id.text(),
            at: stamp(event.at),
            event: event.event.clone(),
            actor: event.actor.map(|id| id.text()),
            identity: event.identity.map(|id| id.text()),
            details: serde_json::to_string(&event.details).unwrap_or_else(|_| "{}".to_owned()),
        }
    }
}

impl TryFrom<Row> for AuditEvent {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let id = |column, text: Option<String>| text.map(|text| TABLE.parse(column, &text)).transpose();
        Ok(Self {
            id: TABLE.parse("id", &row.id)?,
            at: unstamp(row.at),
            event: row.event,
            actor: id("actor", row.actor)?,
            identity: id("identity", row.identity)?,
            details: TABLE.json("details", &row.details)?,
        })
    }
}

/// Keeps events, all of them in one statement.
pub(crate) fn insert(conn: &mut AnyConn, events: &[AuditEvent]) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = events.iter().map(Row::of).collect();
    each_backend!(conn, |c| diesel::insert_into(audit_events::table).values(&rows).execute(c))?;
    Ok(())
}

/// What a list of events is narrowed to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) event: Option<String>,
    pub(crate) actor: Option<IdentityId>,
    pub(crate) identity: Option<IdentityId>,
    /// Not before this instant.
    pub(crate) since: Option<Time>,
    /// Before this instant.
    pub(crate) until: Option<Time>,
}

/// At most `size` events, newest first, before `after`.
pub(crate) fn page(
    conn: &mut AnyConn,
    wanted: &Wanted,
    after: Option<AuditEventId>,
    size: i64,
) -> Result<Vec<AuditEvent>, Error> {
    let mut query =
        audit_events::table.select(Row::as_select()).order(audit_events::id.desc()).limit(size).into_boxed();
    if let Some(event) = &wanted.event {
        query = query.filter(audit_events::event.eq(event.clone()));
    }
    if let Some(actor) = wanted.actor {
        query = query.filter(audit_events::actor.eq(actor.text()));
    }
    if let Some(identity) = wanted.identity {
        query = query.filter(audit_events::identity.eq(identity.text()));
    }
    // Ids begin with the time, so that one index does for all.
    if let Some(since) = wanted.since {
        query = query.filter(audit_events::id.ge(first_id(since).text()));
    }
    let end = wanted.until.map(|until| first_id(until).text()).into_iter().chain(after.map(|after| after.text())).min();
    if let Some(end) = end {
        query = query.filter(audit_events::id.lt(end));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(AuditEvent::try_from).collect()
}

/// Removes at most `limit` events from before an instant; how many.
pub(crate) fn remove_older(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let ids: Vec<String> = audit_events::table
        .filter(audit_events::id.lt(first_id(before).text()))
        .order(audit_events::id)
        .select(audit_events::id)
        .limit(limit)
        .load(conn)?;
    Ok(diesel::delete(audit_events::table.filter(audit_events::id.eq_any(ids))).execute(conn)?)
}
