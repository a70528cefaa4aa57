//! What came from another program's database: each row's digest there and here, by which a later import tells what has
//! changed since.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    id::Uuid,
    secret::Digest,
};

use super::{row::Table, schema::imports};

const TABLE: Table = Table("imports");

/// Which rows of a source: its id and what they are.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) source: Uuid,
    pub(crate) kind: &'static str,
}

/// What is remembered of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    /// Of the row there, when it was read.
    pub(crate) there: Digest,
    /// Of what was written here.
    pub(crate) here: Digest,
}

type Columns = (String, Vec<u8>, Vec<u8>);

fn read((id, there, here): Columns) -> Result<Record, Error> {
    let digest = |bytes: &[u8], column| Digest::from_slice(bytes).ok_or(Error::Corrupt { table: "imports", column });
    Ok(Record { id: TABLE.parse("id", &id)?, there: digest(&there, "there")?, here: digest(&here, "here")? })
}

/// What is remembered of these rows.
pub(crate) fn of(conn: &mut AnyConn, origin: &Origin, ids: &[Uuid]) -> Result<HashMap<Uuid, Record>, Error> {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let rows: Vec<Columns> = imports::table
        .filter(imports::source.eq(origin.source.to_string()))
        .filter(imports::kind.eq(origin.kind))
        .filter(imports::id.eq_any(ids))
        .select((imports::id, imports::there, imports::here))
        .load(conn)?;
    rows.into_iter().map(|row| read(row).map(|record| (record.id, record))).collect()
}

/// A page of all that is remembered, in the order of ids.
pub(crate) fn page(conn: &mut AnyConn, origin: &Origin, after: Uuid, size: i64) -> Result<Vec<Record>, Error> {
    let rows: Vec<Columns> = imports::table
        .filter(imports::source.eq(origin.source.to_string()))
        .filter(imports::kind.eq(origin.kind))
        .filter(imports::id.gt(after.to_string()))
        .order(imports::id)
        .limit(size)
        .select((imports::id, imports::there, imports::here))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Remembers a row, in place of what was remembered of it.
pub(crate) fn put(conn: &mut AnyConn, origin: &Origin, record: &Record) -> Result<(), Error> {
    let digests = (imports::there.eq(record.there.to_vec()), imports::here.eq(record.here.to_vec()));
    let target = imports::table.find((origin.source.to_string(), origin.kind, record.id.to_string()));
    if diesel::update(target).set(digests.clone()).execute(conn)? > 0 {
        return Ok(());
    }
    insert(conn, origin, record)
}

/// Remembers a row nothing was remembered of.
pub(crate) fn insert(conn: &mut AnyConn, origin: &Origin, record: &Record) -> Result<(), Error> {
    diesel::insert_into(imports::table)
        .values((
            imports::source.eq(origin.source.to_string()),
            imports::kind.eq(origin.kind),
            imports::id.eq(record.id.to_string()),
            imports::there.eq(record.there.to_vec()),
            imports::here.eq(record.here.to_vec()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a row.
pub(crate) fn forget(conn: &mut AnyConn, origin: &Origin, id: Uuid) -> Result<(), Error> {
    diesel::delete(imports::table.find((origin.source.to_string(), origin.kind, id.to_string()))).execute(conn)?;
    Ok(())
}
