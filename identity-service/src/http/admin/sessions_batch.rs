//! `POST /admin/sessions`: many sessions are ended or removed at once (contract §10.5).

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;
use shared_types::id::{IdentityId, SessionId};

use crate::{
    http::{
        error::ApiError,
        extract::{Ctx, body::JsonBody},
        reply,
    },
    store::session_batches::{self, Meant},
};

/// No call names more.
const MAX: usize = 500;
/// One call for all sessions processes so many of them.
const BATCH: i64 = 5000;

/// `manageSessionsBody`.
#[derive(Debug, Deserialize)]
struct Body {
    action: Option<String>,
    identities: Option<Vec<String>>,
    sessions: Option<Vec<String>>,
}

impl Body {
    fn meant(self) -> Result<Meant, ApiError> {
        let identities = self.identities.filter(|ids| !ids.is_empty());
        let sessions = self.sessions.filter(|ids| !ids.is_empty());
        if identities.as_ref().or(sessions.as_ref()).is_some_and(|ids| ids.len() > MAX) {
            return Err(ApiError::bad_request(format!("At most {MAX} ids are possible in one call.")));
        }
        let malformed = |field: &str| ApiError::bad_request(format!("{field}: every id must be a UUID."));
        match (identities, sessions) {
            (Some(ids), None) if ids == ["*"] => Ok(Meant::Any(BATCH)),
            (Some(ids), None) => {
                let ids = ids.iter().map(|id| IdentityId::parse(id)).collect::<Result<_, _>>();
                ids.map(Meant::Of).map_err(|_| malformed("identities"))
            }
            (None, Some(ids)) => {
                let ids = ids.iter().map(|id| SessionId::parse(id)).collect::<Result<_, _>>();
                ids.map(Meant::These).map_err(|_| malformed("sessions"))
            }
            _ => Err(ApiError::bad_request("Exactly one of identities and sessions must be a list with ids in it.")),
        }
    }
}

/// Ends or removes sessions.
pub(crate) async fn post(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let body: Body = body.parse()?;
    let remove = match body.action.as_deref() {
        Some("disable") => false,
        Some("delete") => true,
        _ => return Err(ApiError::bad_request("action: must be disable or delete.")),
    };
    let meant = body.meant()?;
    let all = matches!(meant, Meant::Any(_));
    let unit = move |conn: &mut shared_types::db::AnyConn| {
        if remove { session_batches::remove(conn, &meant) } else { session_batches::deactivate(conn, &meant) }
    };
    let processed = cx.db.write(unit).await?;
    tracing::info!(
        target: "audit", event = "SessionRevoked", count = processed, removed = remove, all, request = %cx.request_id,
        "many sessions revoked"
    );
    let more = all && i64::try_from(processed).unwrap_or(i64::MAX) >= BATCH;
    reply::json(&json!({ "processed": processed, "more": more }))
}
