//! `GET /oauth2/sessions/check`: the page clients open in a frame to be told whether the login has changed (OpenID Connect Session
//! Management 1.0, 3.3). It is the one page of this server that others may frame; it shows nothing.

use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use shared_types::entropy::random_token;

use super::page;
use crate::{challenge::jar::state_name, http::extract::Ctx};

#[derive(Template)]
#[template(path = "browser/check_session.html")]
struct CheckSessionPage<'a> {
    nonce: &'a str,
    cookie: &'a str,
}

/// Mounts the page.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/oauth2/sessions/check", web::get().to(answer));
}

async fn answer(Ctx(cx): Ctx) -> HttpResponse {
    let nonce = random_token(cx.entropy.as_ref());
    let policy = format!("default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors *");
    let mut builder = HttpResponse::Ok();
    builder
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    page::render(builder, &CheckSessionPage { nonce: &nonce, cookie: &state_name(&cx) })
}
