//! Rows of `pending_requests`: sealed requests too large for a URL, until they are answered or forgotten.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    time::Time,
};

use super::schema::pending_requests as table;

/// One sealed request.
#[derive(Debug, Clone)]
pub(crate) struct PendingRequest {
    /// A hash of the reference that travels.
    pub(crate) id: String,
    pub(crate) purpose: String,
    /// The sealed text.
    pub(crate) body: Vec<u8>,
    pub(crate) expires_at: Time,
}

/// Keeps a request.
pub(crate) fn insert(conn: &mut AnyConn, request: &PendingRequest) -> Result<(), Error> {
    diesel::insert_into(table::table)
        .values((
            table::id.eq(&request.id),
            table::purpose.eq(&request.purpose),
            table::body.eq(&request.body),
            table::expires_at.eq(stamp(request.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The sealed text under an id.
pub(crate) fn find(conn: &mut AnyConn, id: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(table::table.find(id).select(table::body).first(conn).optional()?)
}

/// Removes requests whose time has run out, `limit` at most, and says how many there were.
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
