//! `POST /oauth2/par` (RFC 9126).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use serde_json::json;

use super::{
    posted,
    token::{client_of, form, secret, with_nonce},
};
use crate::{
    app::Cx,
    authorize::push::{Pushed, push},
    http::{
        error::ApiError,
        extract::{Body, Ctx, address, proven},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// What the pushes of a client without a secret are counted under (`rate_limit.rules`).
const ACTION: &str = "authorization";

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(posted("/oauth2/par").route(web::post().to(endpoint)));
}

async fn endpoint(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    let response = match run(&cx, &request, &body).await {
        Ok(Pushed { request_uri, expires_in }) => {
            HttpResponse::Created().json(json!({"request_uri": request_uri, "expires_in": expires_in}))
        }
        Err(error) => error.error_response(),
    };
    with_nonce(&cx, &request, secret(response))
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<Pushed, ApiError> {
    let params = form(request, body)?;
    let client = client_of(cx, request, &params).await?;
    if client.is_public() {
        let busy = |error| OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error);
        cx.limits.check(ACTION, &address(request, cx).to_string()).map_err(busy)?;
    }
    let jkt = proven(request, cx, ("oauth2/par", None), None).await?.jkt;
    Ok(push(cx, &client, &with_key(params, jkt)?).await?)
}

/// RFC 9449 10.1: a proof sent with a pushed request binds its code as `dpop_jkt` would, and must not contradict it.
fn with_key(params: Params, jkt: Option<String>) -> Result<Params, OAuthError> {
    match (jkt, params.get("dpop_jkt")) {
        (Some(jkt), Some(said)) if jkt != said => {
            Err(OAuthError::new(OAuthCode::InvalidDpopProof).because("It is not of the key that dpop_jkt names."))
        }
        (Some(jkt), None) => Ok(params.with("dpop_jkt", &jkt)),
        _ => Ok(params),
    }
}
