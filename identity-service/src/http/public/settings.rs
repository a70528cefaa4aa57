//! `/self-service/settings` (contract §1.3). Its GET goes on with a submission that has waited for a fresh sign-in.

use actix_web::{HttpResponse, web};

use super::{
    answer,
    visit::{self, Visit},
};
use crate::{
    flow::{
        self, FlowError,
        begin::Wish,
        submit::{resume, submit},
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
    cfg.service(at("/self-service/settings/browser").route(web::get().to(browser)))
        .service(at("/self-service/settings/api").route(web::get().to(api)))
        .service(at("/self-service/settings/flows").route(web::get().to(read)))
        .service(at("/self-service/settings").route(web::post().to(post)).route(web::get().to(get)))
        .service(at("/.well-known/change-password").route(web::get().to(change_password)));
}

fn wish(visit: &Visit, query: &Query, flow_type: FlowType) -> Wish {
    let return_to = query.get("return_to").map(str::to_owned);
    Wish { return_to, ..Wish::new(flow_type, visit.request_url.clone()) }
}

async fn browser(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let wish = wish(&visit, &query, FlowType::Browser);
    let flow = flow::settings::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Settings, flow).await
}

async fn api(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.native();
    let wish = wish(&visit, &query, FlowType::Api);
    let flow = flow::settings::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Settings, flow).await
}

async fn read(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let id = visit::read_id(&query).map_err(FlowError::from)?;
    if visit.visitor.session.is_none() {
        return match visit.visitor.client {
            Client::Html => Ok(answer::found(visit.cx.config.selfservice.login.ui_url.as_str())),
            Client::Json => Err(FlowError::from(flow::settings::sign_in_first(&visit.cx, id)).into()),
        };
    }
    match flow::settings::load(&visit.cx, &visit.visitor, id).await {
        Ok(view) => Ok(answer::flow_body(&visit, actix_web::http::StatusCode::OK, &view)),
        Err(error) => Err(error.into()),
    }
}

async fn post(visit: Visit, query: Query, body: FlowBody) -> Result<HttpResponse, ApiError> {
    let outcome = match visit::flow_id(&query) {
        Ok(id) => submit(&visit.cx, FlowKind::Settings, &visit.visitor, visit::submission(id, body)).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer::submitted(&visit, outcome).await
}

async fn get(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let outcome = match visit::flow_id(&query) {
        Ok(id) => resume(&visit.cx, &visit.visitor, id).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer::submitted(&visit, outcome).await
}

/// Where password stores send people (W3C, A Well-Known URL for Changing Passwords).
async fn change_password(visit: Visit) -> Result<HttpResponse, ApiError> {
    Ok(answer::see_other(visit.cx.config.selfservice.settings.ui_url.as_str()))
}
