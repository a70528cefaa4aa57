//! `/settings/sessions`: where somebody is signed in. Ending a session takes access away and gives none, so that a session is
//! enough for it, as it is for `DELETE /sessions` (contract §1.6); the form has a token of its own.

use actix_web::{HttpResponse, http::StatusCode, web};
use shared_types::{db, id::SessionId};

use super::{
    consent::forged,
    pages::{self, About, Fields, Policy},
    visit::Visit,
};
use crate::{
    config,
    flow::visitor::SignedIn,
    http::{error::ApiError, extract::query::Query, routes::at},
    session::{aal, revoke},
    store::sessions::{self, Slice, Wanted},
    ui::page::{SessionsPage, Shown, Stage},
};

/// Nobody looks through more.
const MOST: i64 = 200;
const ABOUT: About<'static> = About { page: "sessions", challenge: "" };

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/settings/sessions").route(web::get().to(get)).route(web::post().to(post)));
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let answer = show(&visit, query.filled("done").is_some()).await;
    pages::or_page(&visit, answer)
}

async fn post(visit: Visit, fields: Fields) -> HttpResponse {
    let answer = take(&visit, &fields).await;
    pages::or_page(&visit, answer)
}

/// Who is signed in, with all the factors there are; otherwise where that happens.
pub(super) fn signed_in(visit: &Visit) -> Result<&SignedIn, Box<HttpResponse>> {
    let cx = &visit.cx;
    let Some(found) = &visit.visitor.session else {
        let login = config::below(&cx.config.serve.public.base_url, "self-service/login/browser");
        return Err(Box::new(visit.keep(pages::go(&login))));
    };
    match aal::missing_for_whoami(cx, &found.session, &found.identity) {
        Some(url) => Err(Box::new(visit.keep(pages::go(&url)))),
        None => Ok(found),
    }
}

async fn show(visit: &Visit, done: bool) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let found = match signed_in(visit) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let wanted = Wanted { identity: Some(found.identity.id), active: Some(true), except: None };
    let (now, slice) = (cx.now, Slice { after: None, offset: 0, size: MOST });
    let listed = cx.db.read(move |conn| sessions::page(conn, wanted, now, slice)).await?;
    let shown = Shown { token: pages::issue(visit, ABOUT)?, done };
    let words = visit.words(&[]);
    let page = SessionsPage::new(&Stage { config: &cx.config, words: &words }, &listed, found.session.id, shown);
    Ok(pages::html(visit, StatusCode::OK, &page, &Policy::new(&cx.config)))
}

async fn take(visit: &Visit, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let cx = visit.cx.clone();
    let found = match signed_in(visit) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    if !pages::check(visit, ABOUT, fields.filled("csrf_token").unwrap_or_default()) {
        return Err(forged());
    }
    let (owner, current) = (found.identity.id, found.session.id);
    let one = fields.filled("session").and_then(|text| SessionId::parse(text).ok());
    match (one, fields.filled("action")) {
        (Some(id), _) if id != current => {
            let unit = move |conn: &mut db::AnyConn| {
                if sessions::get(conn, id)?.is_some_and(|session| session.identity_id == owner) {
                    revoke::one(conn, &cx, id)?;
                }
                Ok::<_, db::Error>(())
            };
            visit.cx.db.write(unit).await?;
        }
        (None, Some("others")) => {
            visit.cx.db.write(move |conn| revoke::others(conn, &cx, owner, Some(current))).await?;
        }
        _ => return Err(ApiError::bad_request("The form says nothing of which session is to end.")),
    }
    let mut again = config::below(&visit.cx.config.serve.public.base_url, "settings/sessions");
    again.set_query(Some("done=1"));
    Ok(pages::go(&again))
}
