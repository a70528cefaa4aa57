//! `/admin/oauth2/auth/requests/consent`: the consent page reads and answers a consent challenge (contract 1.3, 3.8, 3.6).

use actix_web::{HttpRequest, HttpResponse, web};

use super::challenge_query::{body, challenge, respond};
use crate::{
    app::Cx,
    challenge::{ChallengeError, consent},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
    },
};

const NAME: &str = "consent_challenge";

/// Mounts the operations.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/oauth2/auth/requests/consent", web::get().to(get))
        .route("/admin/oauth2/auth/requests/consent/accept", web::put().to(accept))
        .route("/admin/oauth2/auth/requests/consent/reject", web::put().to(reject));
}

async fn get(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    respond(read(&request, &cx).await)
}

async fn read(request: &HttpRequest, cx: &Cx) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(consent::read(cx, &challenge).await?))
}

async fn accept(request: HttpRequest, Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    respond(accepted(&request, &cx, &bytes).await)
}

async fn accepted(request: &HttpRequest, cx: &Cx, bytes: &[u8]) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(consent::accept(cx, &challenge, body(bytes)?).await?))
}

async fn reject(request: HttpRequest, Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    respond(rejected(&request, &cx, &bytes).await)
}

async fn rejected(request: &HttpRequest, cx: &Cx, bytes: &[u8]) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(consent::reject(cx, &challenge, body(bytes)?).await?))
}
