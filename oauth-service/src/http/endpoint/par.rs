//! `POST /oauth2/par` (RFC 9126).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use serde_json::json;

use super::token::{client_of, form, secret};
use crate::{
    app::Cx,
    authorize::push::{Pushed, push},
    http::{
        error::ApiError,
        extract::{Body, Ctx, address},
    },
    protocol::error::{OAuthCode, OAuthError},
};

/// What the pushes of a client without a secret are counted under (`rate_limit.rules`).
const ACTION: &str = "authorization";

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/oauth2/par", web::post().to(endpoint));
}

async fn endpoint(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    match run(&cx, &request, &body).await {
        Ok(Pushed { request_uri, expires_in }) => {
            secret(HttpResponse::Created().json(json!({"request_uri": request_uri, "expires_in": expires_in})))
        }
        Err(error) => secret(error.error_response()),
    }
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<Pushed, ApiError> {
    let params = form(request, body)?;
    let client = client_of(cx, request, &params).await?;
    if client.is_public() {
        let busy = |error| OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error);
        cx.limits.check(ACTION, &address(request, cx).to_string()).map_err(busy)?;
    }
    Ok(push(cx, &client, &params).await?)
}
