//! `/sessions`: the caller's other sessions (contract §1.6).

use actix_web::{
    HttpResponse,
    http::header::{HeaderName, LINK},
    web::Path,
};
use serde_json::{Value, json};
use shared_types::{db, id::SessionId};

use crate::{
    http::{
        error::ApiError,
        extract::{
            paging::{self, Offset, Sizes},
            query::Query,
            session::SignedIn,
        },
        reply,
    },
    session::{aal, revoke, view},
    store::sessions::{self, Slice, Wanted},
};

pub(crate) const SIZES: Sizes = Sizes { default: 250, max: 1000 };
pub(crate) const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// The active sessions but the current one.
pub(crate) async fn list(me: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    let SignedIn { cx, found } = me;
    if let Some(go) = aal::missing_for_whoami(&cx, &found.session, &found.identity) {
        return Err(ApiError::second_factor(go.as_str()));
    }
    let Offset { offset, size } = paging::bridge(&query, SIZES)?;
    let page = Offset { offset, size };
    let now = cx.now;
    let wanted = Wanted { identity: Some(found.identity.id), active: Some(true), except: Some(found.session.id) };
    let read = move |conn: &mut db::AnyConn| {
        let listed = sessions::page(conn, wanted, now, Slice { after: None, offset, size })?;
        Ok::<_, db::Error>((listed, sessions::count(conn, wanted, now)?))
    };
    let (listed, total) = cx.db.read(read).await?;
    let body: Vec<Value> = listed.iter().map(|session| view::json(session, None, now)).collect();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((TOTAL, total)).insert_header((LINK, paging::bridge_link("/sessions", page, total)));
    reply::with(answer, &body)
}

/// Ends all sessions but the current one.
pub(crate) async fn delete_others(me: SignedIn) -> Result<HttpResponse, ApiError> {
    let SignedIn { cx, found } = me;
    let unit = {
        let cx = cx.clone();
        move |conn: &mut db::AnyConn| revoke::others(conn, &cx, found.identity.id, Some(found.session.id))
    };
    let count = cx.db.write(unit).await?;
    reply::json(&json!({ "count": count }))
}

/// Ends one other session.
pub(crate) async fn delete_one(me: SignedIn, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let SignedIn { cx, found } = me;
    let id = SessionId::parse(&id).map_err(|_| ApiError::bad_request("The id of a session is a UUID."))?;
    if id == found.session.id {
        return Err(ApiError::bad_request("The current session is ended by signing out."));
    }
    let owner = found.identity.id;
    let unit = {
        let cx = cx.clone();
        move |conn: &mut db::AnyConn| {
            let own = sessions::get(conn, id)?.is_some_and(|session| session.identity_id == owner);
            if own {
                revoke::one(conn, &cx, id)?;
            }
            Ok::<_, db::Error>(own)
        }
    };
    if cx.db.write(unit).await? { Ok(reply::nothing()) } else { Err(ApiError::not_found("There is no such session.")) }
}
