//! Leases: which replica does a job that only one should do at a time.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    each_backend,
    time::Time,
};

use super::schema::leases;

/// Takes or renews a lease; `false` while another holder has it.
#[must_use = "false means that another replica does the job"]
pub(crate) fn take(conn: &mut AnyConn, name: &str, holder: &str, now: Time, until: Time) -> Result<bool, Error> {
    let free = leases::held_until.le(stamp(now)).or(leases::holder.eq(holder));
    let count = diesel::update(leases::table.find(name).filter(free))
        .set((leases::holder.eq(holder), leases::held_until.eq(stamp(until))))
        .execute(conn)?;
    if count > 0 {
        return Ok(true);
    }
    let row = || (leases::name.eq(name), leases::holder.eq(holder), leases::held_until.eq(stamp(until)));
    let added =
        each_backend!(conn, |c| diesel::insert_into(leases::table).values(row()).on_conflict_do_nothing().execute(c))?;
    Ok(added > 0)
}
