//! `POST /admin/oauth2/introspect` (RFC 7662, RFC 9701; contract 5.6).

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use crate::{
    http::{
        endpoint::token::{client_of, form},
        error::ApiError,
        extract::{Body, Ctx},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        scope,
    },
    token::introspect,
};

/// The media type of a signed answer (RFC 9701 4).
const JWT: &str = "application/token-introspection+jwt";

fn wants_jwt(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|text| text.split(',')).any(|kind| kind.split(';').next().unwrap_or_default().trim() == JWT)
}

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
    if wants_jwt(&request) {
        // RFC 9701 4: whom the answer is for has to be known, so the resource server proves who it is.
        let client = client_of(&cx, &request, &params).await?;
        let token = introspect::signed(&cx, &client, answer).await?;
        return Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(JWT).body(token));
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}
