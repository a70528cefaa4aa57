//! `/admin/recovery`: an administrator lets somebody back into his account (contract §10.7).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use serde_json::json;
use shared_types::{id::IdentityId, time::GoDuration};

use crate::{
    flow::{
        self, FlowError, Refusal,
        csrf::CsrfSecret,
        recovery::{Handed, Order},
    },
    http::{
        error::ApiError,
        extract::{body::JsonBody, context::Ctx, query::Query},
        reply,
        routes::at,
    },
    model::{code::CodeKind, flow::FlowType},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/admin/recovery/code").route(web::post().to(code)))
        .service(at("/admin/recovery/link").route(web::post().to(link)));
}

#[derive(Debug, Deserialize)]
struct Body {
    identity_id: Option<String>,
    expires_in: Option<String>,
    flow_type: Option<String>,
}

impl Body {
    fn order(self, kind: CodeKind, return_to: Option<String>) -> Result<Order, ApiError> {
        let id = self.identity_id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| ApiError::bad_request("identity_id: is required"))?;
        let identity = IdentityId::parse(&id).map_err(|_| ApiError::bad_request("identity_id: must be a UUID"))?;
        let lifespan = match self.expires_in.filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => {
                let parsed: Result<GoDuration, _> = text.parse();
                Some(parsed.map_err(|error| ApiError::bad_request(format!("expires_in: {error}")))?.std())
            }
        };
        let flow_type = match self.flow_type.as_deref() {
            None | Some("" | "browser") => FlowType::Browser,
            Some("api") => FlowType::Api,
            Some(_) => return Err(ApiError::bad_request("flow_type: must be browser or api")),
        };
        Ok(Order { identity, kind, lifespan, flow_type, return_to })
    }
}

async fn code(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let order = body.parse::<Body>()?.order(CodeKind::Code, None)?;
    match hand_over(&cx, order).await? {
        Some(handed) => {
            let body = json!({
                "recovery_link": handed.link, "recovery_code": handed.code, "expires_at": handed.expires_at,
            });
            reply::with(HttpResponse::build(StatusCode::CREATED), &body)
        }
        None => Err(ApiError::not_found("There is no such identity.")),
    }
}

async fn link(cx: Ctx, query: Query, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let order = body.parse::<Body>()?.order(CodeKind::Link, query.filled("return_to").map(str::to_owned))?;
    match hand_over(&cx, order).await? {
        Some(handed) => reply::json(&json!({ "recovery_link": handed.link, "expires_at": handed.expires_at })),
        // The contract has 400 here, where the code endpoint has 404.
        None => Err(ApiError::bad_request("identity_id: there is no such identity")),
    }
}

async fn hand_over(cx: &Ctx, order: Order) -> Result<Option<Handed>, ApiError> {
    let csrf = CsrfSecret::random(&*cx.entropy);
    match flow::recovery::hand_over(cx, &csrf, order).await {
        Err(FlowError::Refused(Refusal::Disabled(_))) => {
            Err(ApiError::not_found("Recovery is switched off, or the method it would use."))
        }
        handed => Ok(handed?),
    }
}
