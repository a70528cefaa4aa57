//! `POST /admin/oauth2/token-preview`: the tokens a client would get for somebody, claim by claim with the rule that puts it there.

use actix_web::{HttpResponse, web};

use crate::{
    grant::preview::{Wanted, foresee},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
        wire::json_of,
    },
};

/// Mounts the operation.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/admin/oauth2/token-preview", web::post().to(preview));
}

async fn preview(Ctx(cx): Ctx, Body(bytes): Body) -> Result<HttpResponse, ApiError> {
    let wanted: Wanted = serde_json::from_value(json_of(&bytes)?)
        .map_err(|error| ApiError::Invalid(format!("The body cannot be read: {error}.")))?;
    Ok(HttpResponse::Ok().json(Box::pin(foresee(&cx, wanted)).await?))
}
