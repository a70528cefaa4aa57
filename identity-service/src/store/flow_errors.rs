//! Errors a browser was sent to the error page with. Kept for a while, so that the page can fetch them by id.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::FlowId,
    time::Time,
};

use super::schema::flow_errors;

/// An error as it was shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    /// Its id in the error page's URL.
    pub(crate) id: FlowId,
    /// The `error` object of the answer.
    pub(crate) body: Value,
    /// When it happened.
    pub(crate) created_at: Time,
    /// When it was changed last: never.
    pub(crate) updated_at: Time,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = flow_errors)]
struct Row {
    id: String,
    body: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for Shown {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| Error::Corrupt { table: "flow_errors", column };
        Ok(Self {
            id: FlowId::parse(&row.id).map_err(|_| corrupt("id"))?,
            body: serde_json::from_str(&row.body).map_err(|_| corrupt("body"))?,
            created_at: unstamp(row.created_at),
            updated_at: unstamp(row.updated_at),
        })
    }
}

/// Keeps an error.
pub(crate) fn insert(conn: &mut AnyConn, shown: &Shown) -> Result<(), Error> {
    diesel::insert_into(flow_errors::table)
        .values((
            flow_errors::id.eq(shown.id.text()),
            flow_errors::body.eq(shown.body.to_string()),
            flow_errors::created_at.eq(stamp(shown.created_at)),
            flow_errors::updated_at.eq(stamp(shown.updated_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The error of that id.
pub(crate) fn find(conn: &mut AnyConn, id: FlowId) -> Result<Option<Shown>, Error> {
    flow_errors::table.find(id.text()).select(Row::as_select()).first(conn).optional()?.map(Shown::try_from).transpose()
}

/// Removes at most `limit` errors kept before `before`; the number removed.
pub(crate) fn remove_older(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let ids: Vec<String> = flow_errors::table
        .filter(flow_errors::created_at.lt(stamp(before)))
        .limit(limit)
        .select(flow_errors::id)
        .load(conn)?;
    Ok(diesel::delete(flow_errors::table.filter(flow_errors::id.eq_any(ids))).execute(conn)?)
}
