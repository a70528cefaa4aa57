//! `GET /admin/openapi.json`: what both ports have, for programs that write clients.

use actix_web::{HttpResponse, web};

use crate::http::openapi;

/// Mounts the operation.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/admin/openapi.json", web::get().to(document));
}

async fn document() -> HttpResponse {
    HttpResponse::Ok().json(openapi::document())
}
