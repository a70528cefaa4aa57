//! Many sessions at once, for administrators (contract §10.5).

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    id::{IdentityId, SessionId},
};

use super::schema::sessions;

/// Which sessions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Those of these identities.
    Of(Vec<IdentityId>),
    /// These.
    These(Vec<SessionId>),
    /// Any, at most so many of them.
    Any(i64),
}

type Condition =
    Box<dyn BoxableExpression<sessions::table, <AnyConn as Connection>::Backend, SqlType = diesel::sql_types::Bool>>;

/// Ends those that have not ended; how many.
pub(crate) fn deactivate(conn: &mut AnyConn, meant: &Meant) -> Result<usize, Error> {
    let condition = condition(conn, meant, true)?;
    let count = diesel::update(sessions::table.filter(sessions::active.eq(true)).filter(condition))
        .set(sessions::active.eq(false))
        .execute(conn)?;
    Ok(count)
}

/// Removes them; how many.
pub(crate) fn remove(conn: &mut AnyConn, meant: &Meant) -> Result<usize, Error> {
    let condition = condition(conn, meant, false)?;
    Ok(diesel::delete(sessions::table.filter(condition)).execute(conn)?)
}

fn condition(conn: &mut AnyConn, meant: &Meant, active: bool) -> Result<Condition, Error> {
    Ok(match meant {
        Meant::Of(identities) => {
            let ids: Vec<String> = identities.iter().map(IdentityId::text).collect();
            Box::new(sessions::identity_id.eq_any(ids))
        }
        Meant::These(these) => {
            let ids: Vec<String> = these.iter().map(SessionId::text).collect();
            Box::new(sessions::id.eq_any(ids))
        }
        Meant::Any(limit) => {
            let mut query = sessions::table.select(sessions::id).limit(*limit).into_boxed();
            if active {
                query = query.filter(sessions::active.eq(true));
            }
            let ids: Vec<String> = query.load(conn)?;
            Box::new(sessions::id.eq_any(ids))
        }
    })
}
