//! Rows of `leases`: what one replica at a time may do.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    each_backend,
    time::Time,
};

use super::schema::leases as table;

/// Who wants what for how long.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) name: &'static str,
    pub(crate) holder: String,
    pub(crate) until: Time,
}

/// Takes or renews a lease. `false`: another holder has it.
pub(crate) fn take(conn: &mut AnyConn, lease: &Lease, now: Time) -> Result<bool, Error> {
    let values =
        (table::name.eq(lease.name), table::holder.eq(&lease.holder), table::expires_at.eq(stamp(lease.until)));
    let made = each_backend!(conn, |c| diesel::insert_into(table::table)
        .values(values)
        .on_conflict(table::name)
        .do_nothing()
        .execute(c))?;
    if made == 1 {
        return Ok(true);
    }
    let free =
        table::table.find(lease.name).filter(table::holder.eq(&lease.holder).or(table::expires_at.lt(stamp(now))));
    let taken = diesel::update(free)
        .set((table::holder.eq(&lease.holder), table::expires_at.eq(stamp(lease.until))))
        .execute(conn)?;
    Ok(taken == 1)
}
