//! What the endpoints a browser visits have in common: parameters and cookies in, an [`Outcome`] out.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::{Cookie, SameSite as CookieSameSite, time::Duration},
    http::{StatusCode, header},
};
use serde_json::json;
use shared_types::entropy::random_token;

use super::page;
use crate::{
    app::Cx,
    authorize::{Outcome, Reply, respond::Frames},
    challenge::jar::{CookieChange, Jar},
    config::SameSite,
    http::{error::status_of, extract},
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// The query's parameters, then the body's. A body of another kind than a form is refused rather than ignored.
pub(super) fn params(request: &HttpRequest, body: &[u8]) -> Result<Params, OAuthError> {
    let query = Params::parse(request.query_string());
    if body.is_empty() {
        return Ok(query);
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(query.and_body(body));
    }
    Err(OAuthError::new(OAuthCode::InvalidRequest).because("The body must be application/x-www-form-urlencoded."))
}

/// The cookies of a request. One that cannot be read does not spoil the others.
pub(super) async fn jar(request: &HttpRequest, cx: &Cx) -> Jar {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let sent = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut jar = Jar::new(extract::address(request, cx), sent);
    if let Err(error) = jar.adopt(cx).await {
        tracing::warn!(%error, "a login cookie of another server could not be looked at");
    }
    jar
}

/// What an answer has beside its head.
enum Body {
    Page(page::Scripted),
    Json(String),
}

/// Writes an outcome as HTTP.
pub(super) fn respond(cx: &Cx, outcome: Outcome) -> HttpResponse {
    let (mut builder, body) = match outcome.reply {
        Reply::Page(url) => (redirect(StatusCode::FOUND, url.as_str()), None),
        Reply::Away(uri) => (redirect(StatusCode::FOUND, &uri), None),
        Reply::Client(uri) => (redirect(StatusCode::SEE_OTHER, &uri), None),
        Reply::Told { code, error, description } => {
            let mut builder = HttpResponse::build(status_of(code));
            builder.content_type("application/json;charset=UTF-8");
            let text = json!({"error": error, "error_description": description}).to_string();
            (builder, Some(Body::Json(text)))
        }
        Reply::Frames(frames) => {
            let nonce = random_token(cx.entropy.as_ref());
            (
                page::html(StatusCode::OK, &frames_policy(&nonce, &frames)),
                Some(Body::Page(page::Scripted::Frames { nonce, frames })),
            )
        }
        Reply::FormPost(form) => {
            let nonce = random_token(cx.entropy.as_ref());
            // No form-action: browsers apply it to where the client redirects after the POST too, which is the client's affair.
            let policy = scripted_policy(&nonce);
            (page::html(StatusCode::OK, &policy), Some(Body::Page(page::Scripted::FormPost { nonce, form })))
        }
    };
    builder.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
    builder.insert_header((header::REFERRER_POLICY, "no-referrer"));
    for change in &outcome.cookies {
        for cookie in cookies(cx, change) {
            builder.cookie(cookie);
        }
    }
    match body {
        None => builder.finish(),
        Some(Body::Page(scripted)) => page::finish(builder, &scripted),
        Some(Body::Json(text)) => builder.body(text),
    }
}

/// The policy of a page that runs one script.
fn scripted_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The same, with the origins it opens in frames.
fn frames_policy(nonce: &str, frames: &Frames) -> String {
    let mut origins: Vec<String> = frames.frames.iter().map(|url| url.origin().ascii_serialization()).collect();
    origins.sort_unstable();
    origins.dedup();
    format!("frame-src {}; {}", origins.join(" "), scripted_policy(nonce))
}

fn redirect(status: StatusCode, location: &str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((header::LOCATION, location));
    builder
}

/// The cookie of a change, and its twin without `SameSite` for browsers that misread `None`.
fn cookies(cx: &Cx, change: &CookieChange) -> Vec<Cookie<'static>> {
    let config = &cx.config.cookies;
    let build = |name: String| {
        let seconds = if change.value.is_some() { change.max_age.seconds() } else { 0 };
        let mut cookie = Cookie::build(name, change.value.clone().unwrap_or_default())
            .path(change.path.clone())
            .max_age(Duration::seconds(seconds))
            .http_only(!change.readable)
            .secure(config.secure);
        if let Some(domain) = &config.domain {
            cookie = cookie.domain(domain.clone());
        }
        cookie
    };
    let same_site = match config.same_site {
        SameSite::Lax => CookieSameSite::Lax,
        SameSite::Strict => CookieSameSite::Strict,
        SameSite::None => CookieSameSite::None,
    };
    let mut all = vec![build(change.name.clone()).same_site(same_site).finish()];
    if config.legacy_workaround && config.same_site == SameSite::None {
        all.push(build(format!("{}_legacy", change.name)).finish());
    }
    all
}
