//! `/error`: the page of an error kept under an id (contract §1.7), or of what the OAuth2 provider says in the query
//! (RFC 6749 §4.1.2.1).

use actix_web::{HttpResponse, http::StatusCode, web};
use shared_types::id::FlowId;

use super::{
    errors,
    pages::{self, Policy},
    visit::Visit,
};
use crate::{
    http::{error::ApiError, extract::query::Query, routes::at},
    store,
    ui::page::{ErrorPage, Reported, Stage},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/error").route(web::get().to(get)));
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let answer = show(&visit, &query).await;
    pages::or_page(&visit, answer)
}

/// The page itself is well: it is answered 200, whatever it tells of.
async fn show(visit: &Visit, query: &Query) -> Result<HttpResponse, ApiError> {
    let config = &visit.cx.config;
    let words = visit.words(&[]);
    let stage = Stage { config, words: &words };
    let reported = Reported { code: query.filled("error"), description: query.filled("error_description") };
    let page = match query.filled("id") {
        Some(errors::SAMPLE) => ErrorPage::sample(&stage),
        Some(id) => kept(visit, &stage, id).await?,
        None if reported.code.is_some() => ErrorPage::reported(&stage, reported),
        None => ErrorPage::unknown(&stage),
    };
    Ok(pages::html(visit, StatusCode::OK, &page, &Policy::new(config)))
}

async fn kept(visit: &Visit, stage: &Stage<'_>, id: &str) -> Result<ErrorPage, ApiError> {
    let Ok(id) = FlowId::parse(id) else { return Ok(ErrorPage::unknown(stage)) };
    let found = visit.cx.db.read(move |conn| store::flow_errors::find(conn, id)).await?;
    Ok(found.map_or_else(|| ErrorPage::unknown(stage), |shown| ErrorPage::of(stage, &shown.body)))
}
