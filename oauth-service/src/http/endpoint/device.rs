//! `POST /oauth2/device/auth` and `GET /oauth2/device/verify` (RFC 8628; contract 4.8).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};

use super::{
    browser, posted,
    token::{client_of, form, secret},
};
use crate::{
    authorize::device,
    challenge::url::DEVICE_VERIFY,
    grant::{Begun, begin},
    http::{
        error::ApiError,
        extract::{Body, Ctx},
    },
    protocol::params::Params,
};

/// Mounts the endpoints.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .service(posted("/oauth2/device/auth").route(web::post().to(authorization)))
        .route(DEVICE_VERIFY, web::get().to(verify));
}

async fn authorization(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    let answer = async {
        let params = form(&request, &body)?;
        let client = client_of(&cx, &request, &params).await?;
        Ok::<Begun, ApiError>(begin(&cx, &client, &params).await?)
    };
    match answer.await {
        Ok(begun) => secret(HttpResponse::Ok().json(begun.body())),
        Err(error) => secret(error.error_response()),
    }
}

async fn verify(Ctx(cx): Ctx, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string());
    let mut outcome = device::verify(&cx, &params, browser::jar(&request, &cx).await).await;
    // Programs that walk the way of a browser are told as JSON.
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") {
        outcome.reply = outcome.reply.shown(&cx);
    }
    browser::respond(&cx, outcome)
}
