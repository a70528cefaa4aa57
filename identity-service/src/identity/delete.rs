//! Removal of an identity with everything that hangs on it (contract §10.8).

use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
};

use super::farewell::Farewell;
use crate::{app::Cx, store};

/// Removes an identity, its credentials, addresses and sessions; `false` when there was none.
pub(crate) async fn delete(cx: &Cx, id: IdentityId) -> Result<bool, Error> {
    let farewell = Farewell::to(cx, id);
    let unit = move |conn: &mut AnyConn| {
        let removed = store::identities::delete(conn, id)?;
        if removed {
            farewell.deleted(conn)?;
        }
        Ok::<_, Error>(removed)
    };
    let removed = cx.db.write(unit).await?;
    if removed {
        cx.outbox_bell.ring();
        tracing::info!(target: "audit", event = "IdentityDeleted", identity = %id, request = %cx.request_id, "identity deleted");
    }
    Ok(removed)
}
