//! `revoke_active_sessions`: every other session of the identity ends.

use shared_types::db::{AnyConn, Error};

use super::After;
use crate::session::revoke;

pub(super) fn run(conn: &mut AnyConn, after: &After<'_>) -> Result<(), Error> {
    revoke::others(conn, after.cx, after.identity.id, Some(after.session.id)).map(|_| ())
}
