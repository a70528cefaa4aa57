//! Removal of an identity with everything that hangs on it (contract §10.8).

use shared_types::{db::Error, id::IdentityId};

use crate::{app::Cx, store};

/// Removes an identity, its credentials, addresses and sessions; `false` when there was none.
pub(crate) async fn delete(cx: &Cx, id: IdentityId) -> Result<bool, Error> {
    let removed = cx.db.write(move |conn| store::identities::delete(conn, id)).await?;
    if removed {
        tracing::info!(target: "audit", event = "IdentityDeleted", identity = %id, request = %cx.request_id, "identity deleted");
    }
    Ok(removed)
}
