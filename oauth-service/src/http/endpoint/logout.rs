//! `GET` and `POST /oauth2/sessions/logout`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::browser;
use crate::{
    authorize::{self, end_session},
    challenge::url::END_SESSION,
    http::extract::{Body, Ctx},
};

/// Mounts the endpoint.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource(END_SESSION).route(web::get().to(get)).route(web::post().to(post)));
}

async fn get(request: HttpRequest, Ctx(cx): Ctx) -> HttpResponse {
    answer(&request, &cx, &[]).await
}

async fn post(request: HttpRequest, Ctx(cx): Ctx, Body(body): Body) -> HttpResponse {
    answer(&request, &cx, &body).await
}

async fn answer(request: &HttpRequest, cx: &crate::app::Cx, body: &[u8]) -> HttpResponse {
    let outcome = match browser::params(request, body) {
        Ok(params) => end_session::end_session(cx, &params, browser::jar(request, cx).await).await,
        Err(error) => authorize::unreadable(cx, &error),
    };
    browser::respond(cx, outcome)
}
