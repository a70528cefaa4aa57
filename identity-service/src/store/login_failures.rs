//! Failed sign-ins by account, shared by all replicas.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    secret::Digest,
    time::Time,
};

use super::schema::login_failures;
use crate::model::failure::Failures;

#[derive(Queryable, Selectable)]
#[diesel(table_name = login_failures)]
struct Row {
    failures: i32,
    last_at: NaiveDateTime,
    retry_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = login_failures)]
struct NewRow {
    account: Vec<u8>,
    failures: i32,
    last_at: NaiveDateTime,
    retry_at: NaiveDateTime,
}

/// What is remembered of an account.
pub(crate) fn get(conn: &mut AnyConn, account: &Digest) -> Result<Option<Failures>, Error> {
    let row = login_failures::table.find(account.to_vec()).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(|row: Row| Failures {
        count: row.failures,
        last_at: unstamp(row.last_at),
        retry_at: unstamp(row.retry_at),
    }))
}

/// Counts one more failure; the first `free` have no consequence.
pub(crate) fn record(conn: &mut AnyConn, account: &Digest, now: Time, free: i32) -> Result<Failures, Error> {
    let next = Failures::after(get(conn, account)?, now, free);
    put(conn, account, next)?;
    Ok(next)
}

/// Remembers an account or a place without any failure.
pub(crate) fn know(conn: &mut AnyConn, account: &Digest, now: Time) -> Result<(), Error> {
    put(conn, account, Failures { count: 0, last_at: now, retry_at: now })
}

fn put(conn: &mut AnyConn, account: &Digest, failures: Failures) -> Result<(), Error> {
    let row = || NewRow {
        account: account.to_vec(),
        failures: failures.count,
        last_at: stamp(failures.last_at),
        retry_at: stamp(failures.retry_at),
    };
    each_backend!(conn, |c| diesel::insert_into(login_failures::table)
        .values(row())
        .on_conflict(login_failures::account)
        .do_update()
        .set(row())
        .execute(c))?;
    Ok(())
}

/// Forgets an account.
pub(crate) fn clear(conn: &mut AnyConn, account: &Digest) -> Result<(), Error> {
    diesel::delete(login_failures::table.find(account.to_vec())).execute(conn)?;
    Ok(())
}

/// Removes at most `limit` accounts whose last failure is older than `before`; how many.
pub(crate) fn remove_failed(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let accounts: Vec<Vec<u8>> = login_failures::table
        .filter(login_failures::last_at.lt(stamp(before)))
        .filter(login_failures::failures.gt(0))
        .select(login_failures::account)
        .limit(limit)
        .load(conn)?;
    Ok(diesel::delete(login_failures::table.filter(login_failures::account.eq_any(accounts))).execute(conn)?)
}

/// Removes at most `limit` places nobody has signed in from since `before`; how many.
pub(crate) fn remove_known(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let places: Vec<Vec<u8>> = login_failures::table
        .filter(login_failures::last_at.lt(stamp(before)))
        .filter(login_failures::failures.eq(0))
        .select(login_failures::account)
        .limit(limit)
        .load(conn)?;
    Ok(diesel::delete(login_failures::table.filter(login_failures::account.eq_any(places))).execute(conn)?)
}
