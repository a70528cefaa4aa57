//! Rows of `forced_subjects`: names a login page chose for a person towards one client (contract 2.7).

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    each_backend,
    id::ClientId,
};

use super::schema::forced_subjects as table;

/// The name chosen for `subject` towards `client`.
pub(crate) fn find(conn: &mut AnyConn, subject: &str, client: &ClientId) -> Result<Option<String>, Error> {
    Ok(table::table.find((subject, client.as_str())).select(table::value).first(conn).optional()?)
}

/// Keeps the name, over an earlier one.
pub(crate) fn put(conn: &mut AnyConn, subject: &str, client: &ClientId, value: &str) -> Result<(), Error> {
    each_backend!(conn, |c| diesel::insert_into(table::table)
        .values((table::subject.eq(subject), table::client_id.eq(client.as_str()), table::value.eq(value)))
        .on_conflict((table::subject, table::client_id))
        .do_update()
        .set(table::value.eq(value))
        .execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests;
