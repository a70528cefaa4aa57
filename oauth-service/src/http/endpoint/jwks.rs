//! `GET /.well-known/jwks.json` (RFC 7517; contract 6.2).

use actix_web::{HttpResponse, web};

use crate::{
    http::{error::ApiError, extract::Ctx},
    key,
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/.well-known/jwks.json", web::get().to(document));
}

async fn document(Ctx(cx): Ctx) -> Result<HttpResponse, ApiError> {
    let document = key::jwks::document(&cx).await.map_err(crate::protocol::error::OAuthError::from)?;
    Ok(HttpResponse::Ok().json(document))
}
