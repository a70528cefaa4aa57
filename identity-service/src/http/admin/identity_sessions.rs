//! `/admin/identities/{id}/sessions` (contract §10.5).

use actix_web::{HttpResponse, http::header::LINK, web::Path};
use serde_json::Value;
use shared_types::db::{AnyConn, Error as DbError};

use super::{identity_id, no_identity};
use crate::{
    http::{
        error::ApiError,
        extract::{
            Ctx,
            paging::{self, Offset},
            query::Query,
        },
        public::{SIZES, TOTAL},
        reply,
    },
    identity,
    session::view,
    store::{
        identities,
        sessions::{self, Slice, Wanted},
    },
};

/// The sessions of one identity, newest first.
pub(crate) async fn list(cx: Ctx, id: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let id = identity_id(&id)?;
    let page = paging::bridge(&query, SIZES)?;
    let wanted = Wanted { identity: Some(id), active: query.parsed("active", "true or false")?, except: None };
    let (now, Offset { offset, size }) = (cx.now, page);
    let unit = move |conn: &mut AnyConn| {
        let Some(owner) = identities::get(conn, id)? else { return Ok(None) };
        let listed = sessions::page(conn, wanted, now, Slice { after: None, offset, size })?;
        Ok::<_, DbError>(Some((owner, listed, sessions::count(conn, wanted, now)?)))
    };
    let (owner, listed, total) = cx.db.read(unit).await?.ok_or_else(no_identity)?;
    let owner = identity::view::admin(&owner, &cx.config);
    let body: Vec<Value> = listed.iter().map(|session| view::json(session, Some(owner.clone()), now)).collect();
    let link = paging::bridge_link(&format!("/admin/identities/{id}/sessions"), page, total);
    let mut answer = HttpResponse::Ok();
    answer.insert_header((TOTAL, total)).insert_header((LINK, link));
    reply::with(answer, &body)
}

/// Removes every session of one identity.
pub(crate) async fn delete(cx: Ctx, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = identity_id(&id)?;
    let unit = move |conn: &mut AnyConn| {
        let known = identities::get(conn, id)?.is_some();
        let count = sessions::delete_of(conn, id)?;
        Ok::<_, DbError>(known.then_some(count))
    };
    let count = cx.db.write(unit).await?.ok_or_else(no_identity)?;
    tracing::info!(
        target: "audit", event = "SessionRevoked", identity = %id, count, request = %cx.request_id, "sessions removed"
    );
    Ok(reply::nothing())
}
