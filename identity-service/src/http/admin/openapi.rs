//! `GET /openapi.json`: what both ports have, for programs that write clients.

use actix_web::HttpResponse;

use crate::http::{error::ApiError, openapi, reply};

/// The OpenAPI document.
pub(crate) async fn get() -> Result<HttpResponse, ApiError> {
    reply::json(&openapi::document())
}
