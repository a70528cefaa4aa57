//! `/welcome`: who is signed in.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    pages::{self, About, Policy},
    visit::Visit,
};
use crate::{
    config,
    http::{error::ApiError, routes::at},
    store::{self, sessions::Wanted},
    ui::page::{Stage, WelcomePage},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/welcome").route(web::get().to(get)));
}

async fn get(visit: Visit) -> HttpResponse {
    let answer = show(&visit).await;
    pages::or_page(&visit, answer)
}

async fn show(visit: &Visit) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let Some(signed_in) = &visit.visitor.session else {
        let login = config::below(&cx.config.serve.public.base_url, "self-service/login/browser");
        return Ok(visit.keep(pages::go(&login)));
    };
    let wanted = Wanted { identity: Some(signed_in.identity.id), active: Some(true), except: None };
    let now = cx.now;
    let sessions = cx.db.read(move |conn| store::sessions::count(conn, wanted, now)).await?;
    // The form signs out at `/logout`, so its token is that page's.
    let token = pages::issue(visit, About { page: "logout", challenge: "" })?;
    let words = visit.words(&[]);
    let page = WelcomePage::new(&Stage { config: &cx.config, words: &words }, &signed_in.identity, sessions, token);
    Ok(pages::html(visit, StatusCode::OK, &page, &Policy::new(&cx.config)))
}
