//! Taking tokens back (RFC 7009; contract 5.7).

use shared_types::{
    db::{AnyConn, Error},
    id::GrantId,
};

use super::introspect::Found;
use crate::store::{access_tokens, codes, device_requests, refresh_tokens};

/// A statement takes only so many values.
const CHUNK: usize = 500;

/// Ends all that came of these grants: codes, access tokens, refresh tokens. Returns how many rows went.
pub(crate) fn grants(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    let mut ended = 0;
    for some in grants.chunks(CHUNK) {
        ended += codes::delete_grants(conn, some)? + device_requests::delete_grants(conn, some)?;
        ended += yields(conn, some)?;
    }
    Ok(ended)
}

/// Ends the tokens of these grants, but keeps their codes, so that a code that comes again is still known as used.
pub(crate) fn yields(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    // A rotation under way on PostgreSQL makes the delete wait for it, and its new token is only seen by the next
    // statement: a pass that finds nothing proves that none is left.
    let mut ended = 0;
    loop {
        match refresh_tokens::delete_grants(conn, grants)? {
            0 => return Ok(ended + access_tokens::delete_grants(conn, grants)?),
            some => ended += some,
        }
    }
}

/// Ends a token. One that came of an authorization takes everything of that authorization with it, so that neither kind
/// outlives the other.
pub(crate) fn token(conn: &mut AnyConn, found: &Found) -> Result<usize, Error> {
    match (found.granted().grant_id, found) {
        (Some(grant), _) => yields(conn, &[grant]),
        (None, Found::Access(token)) => access_tokens::delete(conn, token.digest),
        (None, Found::Refresh(_)) => Ok(0),
    }
}
