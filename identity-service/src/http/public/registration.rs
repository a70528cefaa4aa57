//! `/self-service/registration` (contract §1.2).

use actix_web::{HttpResponse, web};

use super::{
    answer,
    visit::{self, Visit},
};
use crate::{
    flow::{self, begin::Wish, submit::submit},
    http::{
        error::ApiError,
        extract::{body::FlowBody, query::Query},
        routes::at,
    },
    model::flow::{FlowKind, FlowType},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/registration/browser").route(web::get().to(browser)))
        .service(at("/self-service/registration/api").route(web::get().to(api)))
        .service(at("/self-service/registration/flows").route(web::get().to(read)))
        .service(at("/self-service/registration").route(web::post().to(post)).route(web::get().to(link)));
}

fn wish(visit: &Visit, query: &Query, flow_type: FlowType) -> Wish {
    let text = |name: &str| query.get(name).map(str::to_owned);
    Wish {
        return_to: text("return_to"),
        login_challenge: text("login_challenge"),
        identity_schema: text("identity_schema"),
        after_verification_return_to: text("after_verification_return_to"),
        ..Wish::new(flow_type, visit.request_url.clone())
    }
}

async fn browser(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let wish = wish(&visit, &query, FlowType::Browser);
    let flow = flow::registration::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Registration, flow).await
}

/// Native programs have no part in OAuth2 logins, which are for browsers.
async fn api(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.native();
    let exchange = query.get("return_session_token_exchange_code") == Some("true");
    let wish = Wish { login_challenge: None, exchange, ..wish(&visit, &query, FlowType::Api) };
    let flow = flow::registration::begin(&visit.cx, &visit.visitor, wish).await;
    answer::begun(&visit, FlowKind::Registration, flow).await
}

async fn read(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    answer::read(&visit, FlowKind::Registration, &query).await
}

async fn post(visit: Visit, query: Query, body: FlowBody) -> Result<HttpResponse, ApiError> {
    let outcome = match visit::flow_id(&query) {
        Ok(id) => submit(&visit.cx, FlowKind::Registration, &visit.visitor, visit::submission(id, body)).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer::submitted(&visit, outcome).await
}

/// A link to a provider, for pages without a form: what a form would send stands in the query.
async fn link(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    let body = FlowBody::of_link(&query)?;
    post(visit, query, body).await
}
