//! Rows of `session_clients`: the clients a login session was used at. They go with the session.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    each_backend,
    id::{ClientId, LoginSessionId},
};

use super::schema::session_clients as table;

/// Notes that a client got something for a session.
pub(crate) fn add(conn: &mut AnyConn, session: LoginSessionId, client: &ClientId) -> Result<(), Error> {
    let row = (table::login_session_id.eq(session.text()), table::client_id.eq(client.as_str()));
    each_backend!(conn, |c| diesel::insert_into(table::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The clients of a session.
pub(crate) fn of_session(conn: &mut AnyConn, session: LoginSessionId) -> Result<Vec<ClientId>, Error> {
    let ids: Vec<String> = table::table
        .filter(table::login_session_id.eq(session.text()))
        .order(table::client_id)
        .select(table::client_id)
        .load(conn)?;
    Ok(ids.into_iter().map(ClientId::new).collect())
}
