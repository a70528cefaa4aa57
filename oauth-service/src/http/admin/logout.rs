//! `/admin/oauth2/auth/requests/logout`: the logout page reads and answers a logout challenge (contract 1.3, 6.4).

use actix_web::{HttpRequest, HttpResponse, web};

use super::challenge_query::{challenge, respond};
use crate::{
    app::Cx,
    challenge::{ChallengeError, logout},
    http::{error::ApiError, extract::Ctx},
};

const NAME: &str = "logout_challenge";

/// Mounts the operations.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin/oauth2/auth/requests/logout", web::get().to(get))
        .route("/admin/oauth2/auth/requests/logout/accept", web::put().to(accept))
        .route("/admin/oauth2/auth/requests/logout/reject", web::put().to(reject));
}

async fn get(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    respond(read(&request, &cx).await)
}

async fn read(request: &HttpRequest, cx: &Cx) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(logout::read(cx, &challenge).await?))
}

async fn accept(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    respond(accepted(&request, &cx).await)
}

async fn accepted(request: &HttpRequest, cx: &Cx) -> Result<HttpResponse, ChallengeError> {
    let challenge = challenge(request, NAME)?;
    Ok(HttpResponse::Ok().json(logout::accept(cx, &challenge).await?))
}

async fn reject(request: HttpRequest, Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    respond(rejected(&request, &cx).await)
}

async fn rejected(request: &HttpRequest, cx: &Cx) -> Result<HttpResponse, ChallengeError> {
    logout::reject(cx, &challenge(request, NAME)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
