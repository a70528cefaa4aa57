//! `/admin/oauth2/auth/requests/device/accept`: the page that asks for a device's code hands in what was typed (contract 1.3, 4.8).

use actix_web::{HttpRequest, HttpResponse, web};

use super::challenge_query::{body, challenge, respond};
use crate::{
    app::Cx,
    challenge::{ChallengeError, device},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
    },
};

/// Mounts the operation.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/admin/oauth2/auth/requests/device/accept", web::put().to(accept));
}

async fn accept(request: HttpRequest, Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    respond(accepted(&request, &cx, &bytes).await)
}

async fn accepted(request: &HttpRequest, cx: &Cx, bytes: &[u8]) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, "device_challenge")?;
    Ok(HttpResponse::Ok().json(device::accept(cx, &challenge, body(bytes)?).await?))
}
