//! `/self-service/verification` (contract §1.4). Its GET is what links in mails lead to.

use actix_web::{HttpResponse, web};

use super::{
    answer,
    visit::{self, Visit},
};
use crate::{
    flow::{
        self, FlowError, Refusal,
        begin::Wish,
        submit::submit,
        verification::{Link, follow},
        visitor::Client,
    },
    http::{
        error::ApiError,
        extract::{body::FlowBody, query::Query},
        routes::at,
    },
    model::flow::{FlowKind, FlowType},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/verification/browser").route(web::get().to(browser)))
        .service(at("/self-service/verification/api").route(web::get().to(api)))
        .service(at("/self-service/verification/flows").route(web::get().to(read)))
        .service(at("/self-service/verification").route(web::post().to(post)).route(web::get().to(get)));
}

fn wish(visit: &Visit, query: &Query, flow_type: FlowType) -> Wish {
    let return_to = query.get("return_to").map(str::to_owned);
    Wish { return_to, ..Wish::new(flow_type, visit.request_url.clone()) }
}

async fn browser(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let wish = wish(&visit, &query, FlowType::Browser);
    let flow = flow::verification::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Verification, flow).await
}

async fn api(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.native();
    let wish = wish(&visit, &query, FlowType::Api);
    let flow = flow::verification::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Verification, flow).await
}

async fn read(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    answer::read(&visit, FlowKind::Verification, &query).await
}

async fn post(visit: Visit, query: Query, body: FlowBody) -> Result<HttpResponse, ApiError> {
    let outcome = match visit::flow_id(&query) {
        Ok(id) => submit(&visit.cx, FlowKind::Verification, &visit.visitor, visit::submission(id, body)).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer::submitted(&visit, outcome).await
}

/// A link from a mail. It is followed by browsers, whatever they accept.
async fn get(mut visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    visit.visitor.client = Client::Html;
    let response = match followed(&visit, &query).await {
        Ok(id) => answer::see_other(answer::ui_url(&visit.cx, FlowKind::Verification, id).as_str()),
        Err(error) => answer::failed(&visit, error).await?,
    };
    Ok(visit.keep(response))
}

async fn followed(visit: &Visit, query: &Query) -> Result<shared_types::id::FlowId, FlowError> {
    let id = visit::flow_id(query)?;
    let link = match (query.filled("token"), query.filled("code")) {
        (Some(token), _) => Link::Token(token.to_owned()),
        (None, Some(code)) => Link::Code(code.to_owned()),
        (None, None) => return Err(Refusal::Malformed("The link has neither a code nor a token.".to_owned()).into()),
    };
    Box::pin(follow(&visit.cx, &visit.visitor, id, link)).await
}
