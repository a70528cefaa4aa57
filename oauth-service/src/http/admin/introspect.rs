//! `POST /admin/oauth2/introspect` (RFC 7662; contract 5.6).

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use crate::{
    http::{
        endpoint::token::form,
        error::ApiError,
        extract::{Body, Ctx},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        scope,
    },
    token::introspect,
};

/// Mounts the operation.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/admin/oauth2/introspect", web::post().to(answer));
}

async fn answer(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> Result<HttpResponse, ApiError> {
    let params = form(&request, &body)?;
    let missing = || OAuthError::new(OAuthCode::InvalidRequest).because("The token is missing.");
    let text = params.get("token").ok_or_else(missing)?;
    let wanted = scope::split(params.get("scope").unwrap_or_default());
    let answer = introspect::answer(&cx, text, &wanted).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}
