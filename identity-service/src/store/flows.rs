//! Self-service flows: one table for every kind, read and written by primary key.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::FlowId,
    time::Time,
};

use super::schema::flows;
use crate::model::flow::{Flow, FlowData};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = flows)]
struct Row {
    id: String,
    kind: String,
    state: String,
    revision: i64,
    data: String,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    closed_at: Option<NaiveDateTime>,
}

impl TryFrom<Row> for Flow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| Error::Corrupt { table: "flows", column };
        Ok(Self {
            id: FlowId::parse(&row.id).map_err(|_| corrupt("id"))?,
            kind: row.kind.parse().map_err(|_| corrupt("kind"))?,
            state: row.state.parse().map_err(|_| corrupt("state"))?,
            issued_at: unstamp(row.issued_at),
            expires_at: unstamp(row.expires_at),
            updated_at: unstamp(row.updated_at),
            closed_at: row.closed_at.map(unstamp),
            revision: row.revision,
            data: serde_json::from_str::<FlowData>(&row.data).map_err(|_| corrupt("data"))?,
        })
    }
}

fn data(flow: &Flow) -> Result<String, Error> {
    serde_json::to_string(&flow.data).map_err(|error| Error::Backend(Box::new(error)))
}

/// Stores a new flow.
pub(crate) fn insert(conn: &mut AnyConn, flow: &Flow) -> Result<(), Error> {
    diesel::insert_into(flows::table)
        .values((
            flows::id.eq(flow.id.text()),
            flows::kind.eq(flow.kind.as_str()),
            flows::state.eq(flow.state.as_str()),
            flows::revision.eq(flow.revision),
            flows::submissions.eq(0_i64),
            flows::data.eq(data(flow)?),
            flows::issued_at.eq(stamp(flow.issued_at)),
            flows::expires_at.eq(stamp(flow.expires_at)),
            flows::updated_at.eq(stamp(flow.updated_at)),
            flows::closed_at.eq(flow.closed_at.map(stamp)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The flow of that id, whatever its kind and condition.
pub(crate) fn find(conn: &mut AnyConn, id: FlowId) -> Result<Option<Flow>, Error> {
    flows::table.find(id.text()).select(Row::as_select()).first(conn).optional()?.map(Flow::try_from).transpose()
}

/// Stores what became of a flow, unless somebody else has closed it, or has changed it since it was read: `false` then.
pub(crate) fn save(conn: &mut AnyConn, flow: &Flow, now: Time) -> Result<bool, Error> {
    let open = flows::table.filter(flows::id.eq(flow.id.text())).filter(flows::closed_at.is_null());
    let values = (
        flows::state.eq(flow.state.as_str()),
        flows::revision.eq(flows::revision + 1),
        flows::data.eq(data(flow)?),
        flows::updated_at.eq(stamp(now)),
        flows::closed_at.eq(flow.closed_at.map(stamp)),
    );
    // Who closes a flow has done what it was for: that somebody else changed its form meanwhile does not matter.
    let changed = match flow.closed_at {
        Some(_) => diesel::update(open).set(values).execute(conn)?,
        None => diesel::update(open.filter(flows::revision.eq(flow.revision))).set(values).execute(conn)?,
    };
    Ok(changed == 1)
}

/// Replaces the data of a closed flow: what it shows may change once more.
pub(crate) fn rewrite(conn: &mut AnyConn, flow: &Flow) -> Result<(), Error> {
    diesel::update(flows::table.find(flow.id.text())).set(flows::data.eq(data(flow)?)).execute(conn)?;
    Ok(())
}

/// Removes a flow.
pub(crate) fn remove(conn: &mut AnyConn, id: FlowId) -> Result<(), Error> {
    diesel::delete(flows::table.find(id.text())).execute(conn)?;
    Ok(())
}

/// Counts one try at a code of this flow; `false` when the budget is used up.
pub(crate) fn count_try(conn: &mut AnyConn, id: FlowId, budget: i64) -> Result<bool, Error> {
    let within = flows::table.filter(flows::id.eq(id.text())).filter(flows::submissions.lt(budget));
    let counted = diesel::update(within).set(flows::submissions.eq(flows::submissions + 1)).execute(conn)?;
    Ok(counted == 1)
}

/// Gives a flow a fresh budget of tries, after a new code was sent.
pub(crate) fn reset_tries(conn: &mut AnyConn, id: FlowId) -> Result<(), Error> {
    diesel::update(flows::table.find(id.text())).set(flows::submissions.eq(0_i64)).execute(conn)?;
    Ok(())
}

/// Removes at most `limit` flows that expired before `before`, with their codes; the number removed.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let ids: Vec<String> = flows::table
        .filter(flows::expires_at.lt(stamp(before)))
        .order(flows::expires_at.asc())
        .limit(limit)
        .select(flows::id)
        .load(conn)?;
    Ok(diesel::delete(flows::table.filter(flows::id.eq_any(ids))).execute(conn)?)
}
