//! The few pages this server has itself: the ones that stand in for pages nobody configured, and the form that posts an answer.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use askama::Template;

use crate::authorize::respond::FormPost;

/// Posts an answer to the client, by script or by button.
#[derive(Template)]
#[template(path = "browser/form_post.html")]
struct FormPostTemplate<'a> {
    nonce: &'a str,
    action: &'a str,
    fields: &'a [(&'static str, String)],
}

/// A form and the nonce its script runs under.
pub(super) struct FormPostPage {
    pub(super) nonce: String,
    pub(super) form: FormPost,
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

/// The form's page behind its head.
pub(super) fn finish(builder: HttpResponseBuilder, page: &FormPostPage) -> HttpResponse {
    let FormPostPage { nonce, form } = page;
    render(builder, &FormPostTemplate { nonce, action: &form.action, fields: &form.fields })
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
