//! `/self-service/recovery` (contract §1.4). Its GET is what links in mails lead to.

use actix_web::{HttpResponse, web};

use super::{
    answer,
    visit::{self, Visit},
};
use crate::{
    flow::{self, FlowError, Refusal, begin::Wish, outcome::Outcome, submit::submit, visitor::Client},
    http::{
        error::ApiError,
        extract::{body::FlowBody, query::Query},
        routes::at,
    },
    model::flow::{FlowKind, FlowType},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/recovery/browser").route(web::get().to(browser)))
        .service(at("/self-service/recovery/api").route(web::get().to(api)))
        .service(at("/self-service/recovery/flows").route(web::get().to(read)))
        .service(at("/self-service/recovery").route(web::post().to(post)).route(web::get().to(get)));
}

fn wish(visit: &Visit, query: &Query, flow_type: FlowType) -> Wish {
    let return_to = query.get("return_to").map(str::to_owned);
    Wish { return_to, ..Wish::new(flow_type, visit.request_url.clone()) }
}

async fn browser(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let wish = wish(&visit, &query, FlowType::Browser);
    let flow = flow::recovery::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Recovery, flow).await
}

async fn api(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.native();
    let wish = wish(&visit, &query, FlowType::Api);
    let flow = flow::recovery::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Recovery, flow).await
}

async fn read(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    answer::read(&visit, FlowKind::Recovery, &query).await
}

async fn post(visit: Visit, query: Query, body: FlowBody) -> Result<HttpResponse, ApiError> {
    let outcome = match visit::flow_id(&query) {
        Ok(id) => submit(&visit.cx, FlowKind::Recovery, &visit.visitor, visit::submission(id, body)).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer::submitted(&visit, outcome).await
}

/// A link from a mail. It is followed by browsers, whatever they accept.
async fn get(mut visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    visit.visitor.client = Client::Html;
    let outcome = followed(&visit, &query).await;
    answer::submitted(&visit, outcome).await
}

async fn followed(visit: &Visit, query: &Query) -> Result<Outcome, FlowError> {
    let id = visit::flow_id(query)?;
    match query.filled("token") {
        Some(token) => flow::recovery::follow(&visit.cx, &visit.visitor, id, token.to_owned()).await,
        None => Err(Refusal::Malformed("The link has no token.".to_owned()).into()),
    }
}
