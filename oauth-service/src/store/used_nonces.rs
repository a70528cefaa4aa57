//! Rows of `used_nonces`: what may be used once and has been. A row outlives what it names.

use std::collections::HashSet;

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

/// What may be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nonce {
    /// What it is; digests of different purposes do not meet.
    pub(crate) purpose: &'static str,
    /// SHA-256 of what names it.
    pub(crate) digest: [u8; 32],
    /// When it may be forgotten.
    pub(crate) expires_at: Time,
}

/// Marks many things as used; one answer for each, as a coalescer wants it. `None`: it was already.
pub(crate) fn spend_many(conn: &mut AnyConn, nonces: &[Nonce]) -> Result<Vec<Option<()>>, Error> {
    // Two transactions that insert the same keys in different orders would wait for each other.
    let mut sorted: Vec<(usize, &Nonce)> = nonces.iter().enumerate().collect();
    sorted.sort_unstable_by_key(|(at, nonce)| (nonce.purpose, nonce.digest, *at));
    let mut firsts = HashSet::with_capacity(nonces.len());
    match conn {
        AnyConn::Sqlite(_) => {
            for (at, nonce) in sorted {
                let first = spend(conn, nonce.purpose, &nonce.digest, nonce.expires_at)?;
                firsts.extend(first.then_some(at));
            }
        }
        AnyConn::Pg(c) => {
            sorted.dedup_by_key(|(_, nonce)| (nonce.purpose, nonce.digest));
            let rows: Vec<_> = sorted
                .iter()
                .map(|(_, nonce)| {
                    let expires_at = table::expires_at.eq(stamp(nonce.expires_at));
                    (table::purpose.eq(nonce.purpose), table::digest.eq(nonce.digest.to_vec()), expires_at)
                })
                .collect();
            let fresh: HashSet<(String, Vec<u8>)> = diesel::insert_into(table::table)
                .values(rows)
                .on_conflict_do_nothing()
                .returning((table::purpose, table::digest))
                .load(c)?
                .into_iter()
                .collect();
            firsts.extend(sorted.into_iter().filter_map(|(at, nonce)| {
                fresh.contains(&(nonce.purpose.to_owned(), nonce.digest.to_vec())).then_some(at)
            }));
        }
    }
    Ok((0..nonces.len()).map(|at| firsts.contains(&at).then_some(())).collect())
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
