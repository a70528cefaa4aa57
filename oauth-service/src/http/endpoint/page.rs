//! The few pages this server has itself: the ones that stand in for pages nobody configured, and the form that posts an answer.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use askama::Template;
use url::Url;

use crate::authorize::respond::{FormPost, Frames};

/// Posts an answer to the client, by script or by button.
#[derive(Template)]
#[template(path = "browser/form_post.html")]
struct FormPostTemplate<'a> {
    nonce: &'a str,
    action: &'a str,
    fields: &'a [(&'static str, String)],
}

/// Opens clients in frames, then goes on.
#[derive(Template)]
#[template(path = "browser/logout_frames.html")]
struct LogoutFramesTemplate<'a> {
    nonce: &'a str,
    frames: Vec<&'a str>,
    after: &'a str,
}

/// A page with a script, and the nonce it runs under.
pub(super) enum Scripted {
    FormPost { nonce: String, form: FormPost },
    Frames { nonce: String, frames: Frames },
}

/// Stands in for a page whose address is not configured.
#[derive(Template)]
#[template(path = "browser/fallback.html")]
pub(super) struct FallbackPage<'a> {
    pub(super) nonce: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) key: &'a str,
}

/// Tells what went wrong.
#[derive(Template)]
#[template(path = "browser/error.html")]
pub(super) struct ErrorPage<'a> {
    pub(super) nonce: &'a str,
    pub(super) facts: &'a [(&'static str, String)],
}

/// The policy of a page that loads nothing and sends nothing.
pub(super) fn still_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The head of an HTML answer.
pub(super) fn html(status: StatusCode, policy: &str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    builder
}

/// The page behind its head.
pub(super) fn finish(builder: HttpResponseBuilder, page: &Scripted) -> HttpResponse {
    match page {
        Scripted::FormPost { nonce, form } => {
            render(builder, &FormPostTemplate { nonce, action: &form.action, fields: &form.fields })
        }
        Scripted::Frames { nonce, frames: Frames { frames, after } } => {
            let frames = frames.iter().map(Url::as_str).collect();
            render(builder, &LogoutFramesTemplate { nonce, frames, after })
        }
    }
}

/// A page behind its head. A template that compiled fails only when memory does.
pub(super) fn render<T: Template>(mut builder: HttpResponseBuilder, page: &T) -> HttpResponse {
    match page.render() {
        Ok(text) => builder.body(text),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests;
