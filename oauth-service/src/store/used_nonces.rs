//! Rows of `used_nonces`: what may be used once and has been. A row outlives what it names.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    each_backend,
    time::Time,
};

use super::schema::used_nonces as table;

/// Marks something as used. `false`: it was already.
pub(crate) fn spend(conn: &mut AnyConn, purpose: &str, digest: &[u8], expires_at: Time) -> Result<bool, Error> {
    let row = (table::purpose.eq(purpose), table::digest.eq(digest), table::expires_at.eq(stamp(expires_at)));
    let count =
        each_backend!(conn, |c| diesel::insert_into(table::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(count == 1)
}

/// Whether something has been used.
pub(crate) fn is_spent(conn: &mut AnyConn, purpose: &str, digest: &[u8]) -> Result<bool, Error> {
    let found: Option<String> = table::table.find((purpose, digest)).select(table::purpose).first(conn).optional()?;
    Ok(found.is_some())
}

/// Removes what expired before an instant, `limit` rows at most, and says how many there were.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<(String, Vec<u8>)> = table::table
        .filter(table::expires_at.lt(stamp(before)))
        .order(table::expires_at)
        .limit(limit)
        .select((table::purpose, table::digest))
        .load(conn)?;
    let mut removed = 0;
    for (purpose, digest) in expired {
        removed += diesel::delete(table::table.find((purpose, digest))).execute(conn)?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
