//! `/.well-known/ory/webauthn.js`: what front ends ask security keys and passkeys with (contract §1.7, §2.11).

use actix_web::{HttpResponse, http::header, web};

use crate::{http::routes::at, ui::node::script};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at(&format!("/{}", script::PATH)).route(web::get().to(get)));
}

/// Front ends at other origins compare its digest, which browsers let them do with what is shared with everybody.
async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=UTF-8"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(script::WEBAUTHN)
}
