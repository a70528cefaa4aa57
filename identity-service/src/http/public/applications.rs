//! `/settings/applications`: which OAuth2 clients may use the account, as the provider lists its consents (contract oauth
//! §1.3), and taking that back, with every token that came of it.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    consent::{elsewhere, forged},
    own_sessions::signed_in,
    pages::{self, About, Fields, Policy},
    visit::Visit,
};
use crate::{
    config,
    http::{error::ApiError, extract::query::Query, routes::at},
    peer::oauth,
    ui::page::{ApplicationsPage, Shown, Stage},
};

const ABOUT: About<'static> = About { page: "applications", challenge: "" };

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/settings/applications").route(web::get().to(get)).route(web::post().to(post)));
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let answer = show(&visit, query.filled("done").is_some()).await;
    pages::or_page(&visit, answer)
}

async fn post(visit: Visit, fields: Fields) -> HttpResponse {
    let answer = take(&visit, &fields).await;
    pages::or_page(&visit, answer)
}

async fn show(visit: &Visit, done: bool) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let found = match signed_in(visit) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let consents = match oauth::consents(cx, &found.identity.id.text()).await {
        Ok(consents) => consents,
        Err(error) => return elsewhere(error),
    };
    let shown = Shown { token: pages::issue(visit, ABOUT)?, done };
    let words = visit.words(&[]);
    let page = ApplicationsPage::new(&Stage { config: &cx.config, words: &words }, &consents, shown);
    Ok(pages::html(visit, StatusCode::OK, &page, &Policy::new(&cx.config)))
}

async fn take(visit: &Visit, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let found = match signed_in(visit) {
        Ok(found) => found,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    if !pages::check(visit, ABOUT, fields.filled("csrf_token").unwrap_or_default()) {
        return Err(forged());
    }
    let Some(client) = fields.filled("client") else {
        return Err(ApiError::bad_request("The form names no application."));
    };
    // Only of whoever is signed in: the subject is never the form's.
    match oauth::revoke_consents(cx, &found.identity.id.text(), client).await {
        Ok(()) => {
            tracing::info!(
                target: "audit", event = "ConsentRevoked", identity = %found.identity.id, client,
                request = %cx.request_id, "consent taken back"
            );
            let mut again = config::below(&cx.config.serve.public.base_url, "settings/applications");
            again.set_query(Some("done=1"));
            Ok(pages::go(&again))
        }
        Err(error) => elsewhere(error),
    }
}
