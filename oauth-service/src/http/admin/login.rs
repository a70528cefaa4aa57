//! `/admin/oauth2/auth/requests/login`: the login page reads and answers a login challenge (contract 1.3, 3.5, 3.6).

use actix_web::{HttpRequest, HttpResponse, web};

use super::challenge_query::{body, challenge, respond};
use crate::{
    app::Cx,
    challenge::{ChallengeError, login},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
    },
};

const NAME: &str = "login_challenge";

/// Mounts the operations.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/oauth2/auth/requests/login", web::get().to(get))
        .route("/admin/oauth2/auth/requests/login/accept", web::put().to(accept))
        .route("/admin/oauth2/auth/requests/login/reject", web::put().to(reject));
}

async fn get(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    respond(read(&request, &cx).await)
}

async fn read(request: &HttpRequest, cx: &Cx) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(login::read(cx, &challenge).await?))
}

async fn accept(request: HttpRequest, Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    respond(accepted(&request, &cx, &bytes).await)
}

async fn accepted(request: &HttpRequest, cx: &Cx, bytes: &[u8]) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(login::accept(cx, &challenge, body(bytes)?).await?))
}

async fn reject(request: HttpRequest, Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    respond(rejected(&request, &cx, &bytes).await)
}

async fn rejected(request: &HttpRequest, cx: &Cx, bytes: &[u8]) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(login::reject(cx, &challenge, body(bytes)?).await?))
}
