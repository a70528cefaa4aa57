//! `/self-service/fed-cm`: the browser's own account chooser. Its operations are described and not offered, as in the
//! open source edition of what this API is compatible with.

use actix_web::{HttpResponse, web};

use crate::http::{error::ApiError, routes::at};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/self-service/fed-cm/parameters").route(web::get().to(absent)))
        .service(at("/self-service/fed-cm/token").route(web::post().to(absent)));
}

async fn absent() -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found("Signing in by the browser's own account chooser is not offered."))
}
