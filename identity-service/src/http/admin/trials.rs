//! `/admin/test-login-flows`: an administrator tries a provider (contract §1.8).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::{
    flow,
    http::{
        error::ApiError,
        extract::{body::JsonBody, context::Ctx},
        reply,
        routes::at,
    },
};

/// No provider has a longer id.
const LONGEST: usize = 255;

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/admin/test-login-flows").route(web::post().to(begin)));
}

#[derive(Debug, Deserialize)]
struct Body {
    #[serde(default)]
    provider_id: Option<String>,
}

async fn begin(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let provider = body.parse::<Body>()?.provider_id.filter(|id| !id.is_empty());
    let provider = provider.ok_or_else(|| ApiError::bad_request("provider_id: is required"))?;
    if provider.chars().count() > LONGEST {
        return Err(ApiError::bad_request(format!("provider_id: has more than {LONGEST} characters")));
    }
    let view = flow::trial::begin(&cx, &provider).await?;
    reply::with(HttpResponse::build(StatusCode::CREATED), &view.body(&cx.config))
}
