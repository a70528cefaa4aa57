//! Traits that wait for the proof of a new address, by the verification flow that proves it.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    id::{FlowId, IdentityId},
    time::Time,
};

use super::schema::pending_traits;

/// Keeps what waits for a flow; what waited before for the same identity is forgotten.
pub(crate) fn replace(
    conn: &mut AnyConn,
    flow: FlowId,
    identity: IdentityId,
    sealed: &[u8],
    now: Time,
) -> Result<(), Error> {
    diesel::delete(pending_traits::table.filter(pending_traits::identity_id.eq(identity.text()))).execute(conn)?;
    diesel::insert_into(pending_traits::table)
        .values((
            pending_traits::flow_id.eq(flow.text()),
            pending_traits::identity_id.eq(identity.text()),
            pending_traits::sealed.eq(sealed),
            pending_traits::created_at.eq(stamp(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What waits for a flow.
pub(crate) fn get(conn: &mut AnyConn, flow: FlowId) -> Result<Option<Vec<u8>>, Error> {
    Ok(pending_traits::table.find(flow.text()).select(pending_traits::sealed).first(conn).optional()?)
}

/// Forgets it.
pub(crate) fn remove(conn: &mut AnyConn, flow: FlowId) -> Result<(), Error> {
    diesel::delete(pending_traits::table.find(flow.text())).execute(conn)?;
    Ok(())
}
