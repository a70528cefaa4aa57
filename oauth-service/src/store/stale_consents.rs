//! Consents nothing depends on any more. A consent stays while it is remembered, or while a code or token of its grant lives; the
//! others would fill the table, one row for every login anybody ever finished.

use std::collections::HashSet;

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    time::Time,
};

use super::schema::{access_tokens, authorization_codes, consents as table, refresh_tokens};

/// What one step of the sweep did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) removed: usize,
    /// Where the next step goes on; `None` at the end of the table.
    pub(crate) next: Option<String>,
}

/// Looks at the next `limit` consents behind `after`, in the order of their ids, and removes those that were given before `before`
/// and that nothing depends on.
pub(crate) fn sweep(
    conn: &mut AnyConn,
    after: Option<&str>,
    (now, before): (Time, Time),
    limit: i64,
) -> Result<Step, Error> {
    let seen: Vec<String> = table::table
        .filter(table::id.gt(after.unwrap_or_default()))
        .order(table::id.asc())
        .limit(limit)
        .select(table::id)
        .load(conn)?;
    let next = seen.last().filter(|_| i64::try_from(seen.len()).is_ok_and(|count| count == limit)).cloned();
    let live = live_grants(conn, &seen)?;
    let idle: Vec<&String> = seen.iter().filter(|id| !live.contains(*id)).collect();
    let remembered = table::remember
        .eq(true)
        .and(table::skip.eq(false))
        .and(table::remember_until.is_null().or(table::remember_until.gt(stamp(now)).assume_not_null()));
    let stale = table::table
        .filter(table::id.eq_any(idle))
        .filter(table::handled_at.lt(stamp(before)))
        .filter(diesel::dsl::not(remembered));
    Ok(Step { removed: diesel::delete(stale).execute(conn)?, next })
}

/// Those of the grants that a code or token came of which is still kept.
fn live_grants(conn: &mut AnyConn, grants: &[String]) -> Result<HashSet<String>, Error> {
    let mut live: HashSet<String> = HashSet::new();
    let refresh = refresh_tokens::table.filter(refresh_tokens::grant_id.eq_any(grants));
    live.extend(refresh.select(refresh_tokens::grant_id).load::<String>(conn)?);
    let access = access_tokens::table.filter(access_tokens::grant_id.eq_any(grants));
    live.extend(access.select(access_tokens::grant_id).load::<Option<String>>(conn)?.into_iter().flatten());
    let codes = authorization_codes::table.filter(authorization_codes::grant_id.eq_any(grants));
    live.extend(codes.select(authorization_codes::grant_id).load::<String>(conn)?);
    Ok(live)
}
