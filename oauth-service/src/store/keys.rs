//! Rows of `key_sets` and `keys`. The set's own row is what replicas that change a set at once take turns on.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    time::Time,
};

use super::schema::{key_sets, keys as table};
use crate::model::key::StoredKey;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    set_name: String,
    kid: String,
    alg: String,
    sealed: Vec<u8>,
    created_at: NaiveDateTime,
    signs_from: Option<NaiveDateTime>,
    made_here: bool,
}

impl From<Row> for StoredKey {
    fn from(row: Row) -> Self {
        Self {
            set: row.set_name,
            kid: row.kid,
            alg: row.alg,
            sealed: row.sealed,
            created_at: unstamp(row.created_at),
            signs_from: row.signs_from.map(unstamp),
            made_here: row.made_here,
        }
    }
}

/// The keys of a set, newest first.
pub(crate) fn of_set(conn: &mut AnyConn, set: &str) -> Result<Vec<StoredKey>, Error> {
    let rows: Vec<Row> = table::table
        .filter(table::set_name.eq(set))
        .order((table::created_at.desc(), table::kid.asc()))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(StoredKey::from).collect())
}

/// One key.
pub(crate) fn get(conn: &mut AnyConn, set: &str, kid: &str) -> Result<Option<StoredKey>, Error> {
    let row: Option<Row> = table::table.find((set, kid)).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(StoredKey::from))
}

/// Makes a set, if it is not there, and keeps others from changing it until this unit of work ends.
pub(crate) fn lock_set(conn: &mut AnyConn, set: &str, now: Time) -> Result<(), Error> {
    let row = (key_sets::name.eq(set), key_sets::created_at.eq(stamp(now)));
    each_backend!(conn, |c| diesel::insert_into(key_sets::table)
        .values(row)
        .on_conflict(key_sets::name)
        .do_update()
        .set(key_sets::name.eq(set))
        .execute(c))?;
    Ok(())
}

/// Whether a set has a key of this algorithm.
pub(crate) fn has_alg(conn: &mut AnyConn, set: &str, alg: &str) -> Result<bool, Error> {
    let of_alg = table::table.filter(table::set_name.eq(set)).filter(table::alg.eq(alg));
    let found: Option<String> = of_alg.select(table::kid).first(conn).optional()?;
    Ok(found.is_some())
}

/// Writes a key; `Conflict` when the set has one of this id.
pub(crate) fn insert(conn: &mut AnyConn, key: &StoredKey) -> Result<(), Error> {
    let row = Row {
        set_name: key.set.clone(),
        kid: key.kid.clone(),
        alg: key.alg.clone(),
        sealed: key.sealed.clone(),
        created_at: stamp(key.created_at),
        signs_from: key.signs_from.map(stamp),
        made_here: key.made_here,
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}

/// Removes one key. `false`: there was none.
pub(crate) fn delete(conn: &mut AnyConn, set: &str, kid: &str) -> Result<bool, Error> {
    Ok(diesel::delete(table::table.find((set, kid))).execute(conn)? == 1)
}

/// Removes all keys of a set. What the set has signed is remembered.
pub(crate) fn delete_all(conn: &mut AnyConn, set: &str) -> Result<(), Error> {
    diesel::delete(table::table.filter(table::set_name.eq(set))).execute(conn)?;
    Ok(())
}

/// For how many seconds anything a set signed was ever good.
pub(crate) fn longest_lifetime(conn: &mut AnyConn, set: &str) -> Result<i64, Error> {
    let found = key_sets::table.find(set).select(key_sets::longest_lifetime).first(conn).optional()?;
    Ok(found.unwrap_or(0))
}

/// Remembers that a set may sign what is good for so many seconds. It never forgets.
pub(crate) fn will_sign_for(conn: &mut AnyConn, set: &str, seconds: i64, now: Time) -> Result<(), Error> {
    if longest_lifetime(conn, set)? >= seconds {
        return Ok(());
    }
    lock_set(conn, set, now)?;
    let shorter = key_sets::table.find(set).filter(key_sets::longest_lifetime.lt(seconds));
    diesel::update(shorter).set(key_sets::longest_lifetime.eq(seconds)).execute(conn)?;
    Ok(())
}
