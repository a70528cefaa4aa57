//! The end of sessions.

use shared_types::{
    db::{AnyConn, Error},
    id::{IdentityId, SessionId},
};

use super::issue::candidates;
use crate::{app::Cx, store};

/// Ends the session a token belongs to; `false` when there is none that is active.
pub(crate) fn by_token(conn: &mut AnyConn, cx: &Cx, token: &str) -> Result<bool, Error> {
    store::sessions::deactivate_by_digest(conn, &candidates(&cx.secrets.digester, token))
}

/// Ends one session; `false` when it had ended or is unknown.
pub(crate) fn one(conn: &mut AnyConn, cx: &Cx, id: SessionId) -> Result<bool, Error> {
    let ended = store::sessions::deactivate(conn, id)?;
    if ended {
        tracing::info!(
            target: "audit", event = "SessionRevoked", session = %id, actor = cx.actor(), request = %cx.request_id,
            "session revoked"
        );
    }
    Ok(ended)
}

/// Ends every session of an identity but `keep`; how many were ended.
pub(crate) fn others(
    conn: &mut AnyConn,
    cx: &Cx,
    identity: IdentityId,
    keep: Option<SessionId>,
) -> Result<usize, Error> {
    let count = store::sessions::deactivate_others(conn, identity, keep, cx.now)?;
    if count > 0 {
        tracing::info!(
            target: "audit", event = "SessionRevoked", identity = %identity, count, actor = cx.actor(), request = %cx.request_id,
            "other sessions revoked"
        );
    }
    Ok(count)
}
