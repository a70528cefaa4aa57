//! `/admin/sessions` (contract §10.5).

use actix_web::{HttpResponse, http::header::LINK, web::Path};
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::SessionId,
    page::link_header,
};

use crate::{
    app::Cx,
    http::{
        error::ApiError,
        extract::{Ctx, paging, query::Query},
        public::SIZES,
        reply,
    },
    identity,
    model::{identity::Identity, session::Session},
    session::{extend as longer, revoke, view},
    store::{
        identities, identity_list,
        sessions::{self, Slice, Wanted},
    },
};

/// What an answer shows beside the session itself.
#[derive(Debug, Clone, Copy)]
struct Expand {
    identity: bool,
    devices: bool,
}

impl Expand {
    fn of(query: &Query) -> Result<Self, ApiError> {
        let mut expand = Self { identity: false, devices: false };
        for word in query.all("expand") {
            match word.to_ascii_lowercase().as_str() {
                "identity" => expand.identity = true,
                "devices" => expand.devices = true,
                _ => return Err(ApiError::bad_request("expand: identity and devices are possible.")),
            }
        }
        Ok(expand)
    }

    fn body(self, cx: &Cx, session: &Session, owner: Option<&Identity>) -> Value {
        let owner = owner.map(|owner| identity::view::admin(owner, &cx.config));
        if self.devices { view::json(session, owner, cx.now) } else { view::brief(session, owner, cx.now) }
    }
}

fn session_id(text: &str) -> Result<SessionId, ApiError> {
    SessionId::parse(text).map_err(|_| ApiError::bad_request("The id of a session is a UUID."))
}

fn no_session() -> ApiError {
    ApiError::not_found("There is no such session.")
}

/// All sessions, newest first.
pub(crate) async fn list(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let expand = Expand::of(&query)?;
    let size = paging::size(&query, SIZES)?;
    let decode = |token: &str| {
        let key = cx.secrets.pages.decode(token, cx.now).map_err(|error| ApiError::bad_request(error.to_string()))?;
        session_id(&key)
    };
    let after = query.filled("page_token").map(decode).transpose()?;
    let wanted = Wanted { active: query.parsed("active", "true or false")?, ..Wanted::default() };
    let now = cx.now;
    let unit = move |conn: &mut AnyConn| {
        let slice = Slice { after, offset: 0, size: size + 1 };
        let mut listed = sessions::page(conn, wanted, now, slice)?;
        let more = listed.len() > usize::try_from(size).unwrap_or(usize::MAX);
        listed.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let ids: Vec<_> = listed.iter().filter(|_| expand.identity).map(|session| session.identity_id).collect();
        let owners = identity_list::by_ids(conn, &ids)?;
        let own = |session: Session| (owners.get(&session.identity_id).cloned(), session);
        Ok::<_, DbError>((listed.into_iter().map(own).collect::<Vec<_>>(), more))
    };
    let (rows, more) = cx.db.read(unit).await?;
    let next =
        rows.last().filter(|_| more).map(|(_, session)| cx.secrets.pages.encode(&session.id.text(), now, &*cx.entropy));
    let kept = query.without(&["page_size", "page_token", "per_page"]);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let body: Vec<Value> = rows.iter().map(|(owner, session)| expand.body(&cx, session, owner.as_ref())).collect();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((LINK, link_header("/admin/sessions", &kept, size, next.as_deref())));
    reply::with(answer, &body)
}

/// One session.
pub(crate) async fn get(cx: Ctx, id: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let (id, expand) = (session_id(&id)?, Expand::of(&query)?);
    let unit = move |conn: &mut AnyConn| {
        let Some(session) = sessions::get(conn, id)? else { return Ok(None) };
        let owner = if expand.identity { identities::get(conn, session.identity_id)? } else { None };
        Ok::<_, DbError>(Some((session, owner)))
    };
    let (session, owner) = cx.db.read(unit).await?.ok_or_else(no_session)?;
    reply::json(&expand.body(&cx, &session, owner.as_ref()))
}

/// Ends one session; its row stays.
pub(crate) async fn delete(cx: Ctx, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = session_id(&id)?;
    let unit = {
        let cx = cx.0.clone();
        move |conn: &mut AnyConn| {
            let known = sessions::get(conn, id)?.is_some();
            revoke::one(conn, &cx, id)?;
            Ok::<_, DbError>(known)
        }
    };
    if cx.db.write(unit).await? { Ok(reply::nothing()) } else { Err(no_session()) }
}

/// Makes one session longer, when it is time to.
pub(crate) async fn extend(cx: Ctx, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = session_id(&id)?;
    let unit = {
        let cx = cx.0.clone();
        move |conn: &mut AnyConn| {
            let Some(session) = longer::extend(conn, &cx, id)? else { return Ok(None) };
            let owner = identities::get(conn, session.identity_id)?;
            Ok::<_, DbError>(Some((session, owner)))
        }
    };
    let (session, owner) = cx.db.write(unit).await?.ok_or_else(no_session)?;
    if cx.config.session.faster_extend {
        return Ok(reply::nothing());
    }
    reply::json(&Expand { identity: true, devices: true }.body(&cx, &session, owner.as_ref()))
}
