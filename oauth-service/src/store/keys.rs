//! Rows of `key_sets` and `keys`. The set's own row makes two replicas that start together agree on one first key.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
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
}

impl From<Row> for StoredKey {
    fn from(row: Row) -> Self {
        Self { set: row.set_name, kid: row.kid, alg: row.alg, sealed: row.sealed, created_at: unstamp(row.created_at) }
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

/// Makes a set; `Conflict` when it is there.
pub(crate) fn insert_set(conn: &mut AnyConn, set: &str, now: Time) -> Result<(), Error> {
    diesel::insert_into(key_sets::table)
        .values((key_sets::name.eq(set), key_sets::created_at.eq(stamp(now))))
        .execute(conn)?;
    Ok(())
}

/// Whether a set is there.
pub(crate) fn set_exists(conn: &mut AnyConn, set: &str) -> Result<bool, Error> {
    let found: Option<String> = key_sets::table.find(set).select(key_sets::name).first(conn).optional()?;
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
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}
