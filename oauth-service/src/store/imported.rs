//! Rows of `imported_rows` and `imported_secrets`: which rows of another server came here, and the secrets that check what it made.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    each_backend,
    time::Time,
};

use super::schema::{imported_rows as table, imported_secrets as secrets_table, used_nonces};

/// Under which the other server's one-time ids of assertions are marked as used, beside those seen here.
pub(crate) const JTI: &str = "imported jti";

/// Remembers that a row came. `false`: it came before.
pub(crate) fn remember(conn: &mut AnyConn, kind: &str, digest: &[u8], expires_at: Option<Time>) -> Result<bool, Error> {
    let end: Option<NaiveDateTime> = expires_at.map(stamp);
    let row = (table::kind.eq(kind), table::digest.eq(digest), table::expires_at.eq(end));
    let count =
        each_backend!(conn, |c| diesel::insert_into(table::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(count == 1)
}

/// Removes at most `limit` rows nobody would bring again.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<(String, Vec<u8>)> = table::table
        .filter(table::expires_at.lt(stamp(before)))
        .order(table::expires_at)
        .limit(limit)
        .select((table::kind, table::digest))
        .load(conn)?;
    let mut removed = 0;
    for (kind, digest) in expired {
        removed += diesel::delete(table::table.find((kind, digest))).execute(conn)?;
    }
    Ok(removed)
}

/// A secret of the other server, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportedSecret {
    /// What it is for.
    pub(crate) kind: String,
    /// Names it.
    pub(crate) digest: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

/// Keeps a secret, over the same one sealed before.
pub(crate) fn put_secret(conn: &mut AnyConn, secret: &ImportedSecret) -> Result<(), Error> {
    let row = (
        secrets_table::kind.eq(&secret.kind),
        secrets_table::digest.eq(&secret.digest),
        secrets_table::sealed.eq(&secret.sealed),
    );
    each_backend!(conn, |c| diesel::insert_into(secrets_table::table)
        .values(row)
        .on_conflict((secrets_table::kind, secrets_table::digest))
        .do_update()
        .set(secrets_table::sealed.eq(&secret.sealed))
        .execute(c))?;
    Ok(())
}

/// All secrets.
pub(crate) fn secrets(conn: &mut AnyConn) -> Result<Vec<ImportedSecret>, Error> {
    let rows: Vec<(String, Vec<u8>, Vec<u8>)> = secrets_table::table
        .select((secrets_table::kind, secrets_table::digest, secrets_table::sealed))
        .order((secrets_table::kind, secrets_table::digest))
        .load(conn)?;
    Ok(rows.into_iter().map(|(kind, digest, sealed)| ImportedSecret { kind, digest, sealed }).collect())
}

/// Whether one-time ids came too.
pub(crate) fn has_jtis(conn: &mut AnyConn) -> Result<bool, Error> {
    let found: Option<String> =
        used_nonces::table.filter(used_nonces::purpose.eq(JTI)).select(used_nonces::purpose).first(conn).optional()?;
    Ok(found.is_some())
}
