//! An operator: somebody the guard has admitted. Holding the value is the proof; `guard::enter` alone makes it.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time},
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use askama::Template;
use serde::{Deserialize, Serialize};
use shared_types::{id::SessionId, secret::constant_time_eq, time::Time};
use url::Url;

use crate::{
    app::Cx,
    config::Config,
    http::{error::ApiError, reply},
    model::{identity::Identity, session::Session},
    ui::{
        console::{Cell, Fact, Frame, ProblemPage, Section, Surroundings},
        page::Person,
    },
};

const TOKEN: &str = "console form";
/// What was just done travels from one answer to the next request in this cookie.
const SAID: &str = "portico_console_said";

#[derive(Serialize, Deserialize)]
struct Said {
    session: SessionId,
    until: Time,
    text: String,
}

/// Somebody who may use the console, and the request he makes.
#[derive(Clone)]
pub(crate) struct Operator(Arc<Inner>);

pub(crate) struct Inner {
    /// What is done with it is noted under the operator's name.
    pub(crate) cx: Cx,
    pub(crate) session: Session,
    pub(crate) identity: Identity,
    said: Option<String>,
}

impl std::ops::Deref for Operator {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operator = request.extensions().get::<Self>().cloned();
        ready(operator.ok_or_else(|| ApiError::unauthorized("The console needs an operator.")))
    }
}

impl Operator {
    /// Made by the guard.
    pub(super) fn new(cx: Cx, session: Session, identity: Identity, request: &HttpRequest) -> Self {
        let said = said(request, &cx, session.id);
        Self(Arc::new(Inner { cx: cx.acting(identity.id), session, identity, said }))
    }

    /// What stands around a page with that heading.
    pub(crate) fn frame(&self, section: Section, title: impl Into<String>) -> Frame {
        let around =
            Surroundings { operator: Person::of(&self.identity), token: self.token(), said: self.said.clone() };
        Frame::new(&self.cx.config, section, title, around)
    }

    /// The address of something in the console.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.cx.config.console.base_url.path())
    }

    /// A page.
    pub(crate) fn page(&self, page: &impl Template) -> HttpResponse {
        self.answer(StatusCode::OK, page)
    }

    /// A page with another status, as for a form that has to be filled in again.
    pub(crate) fn answer(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        let mut response = html(&self.cx.config, status, page);
        if self.said.is_some() {
            let mut cookie = self.cookie(String::new());
            cookie.make_removal();
            // What could not be added is gone in a minute anyway.
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// After something was done: another page, and above it a sentence that says so.
    pub(crate) fn go(&self, path: &str, said: impl Into<String>) -> HttpResponse {
        let mut response = self.redirect(path);
        let said =
            Said { session: self.session.id, until: self.cx.now + chrono::Duration::minutes(1), text: said.into() };
        if let Ok(value) = self.cx.secrets.cookies.seal_packed(SAID, &*self.cx.entropy, &said) {
            let mut cookie = self.cookie(value);
            cookie.set_max_age(time::Duration::minutes(1));
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// Another page of the console.
    pub(crate) fn redirect(&self, path: &str) -> HttpResponse {
        dressed(reply::redirect(StatusCode::SEE_OTHER, &self.link(path)))
    }

    /// An error as a page.
    pub(super) fn problem(&self, error: &ApiError) -> HttpResponse {
        let problem = error.problem();
        let status = StatusCode::from_u16(problem.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = match problem.code {
            404 => "There is nothing here",
            403 => "Nothing was done",
            409 => "Somebody was faster, or it exists already",
            _ => "That did not work",
        };
        let text = problem.reason.clone().unwrap_or_default();
        let facts = vec![Fact::new("Request", Cell::code(&*self.cx.request_id))];
        let frame = self.frame(Section::Overview, title).wrong(true);
        self.answer(status, &ProblemPage { frame, text, facts })
    }

    /// What every form of this session carries.
    fn token(&self) -> String {
        self.cx.secrets.digester.digest(TOKEN, &self.session.id.text()).hex()
    }

    /// Whether a form is one of this session's.
    pub(super) fn is_own(&self, token: &str) -> bool {
        let candidates = self.cx.secrets.digester.candidates(TOKEN, &self.session.id.text());
        candidates.iter().any(|candidate| constant_time_eq(candidate.hex().as_bytes(), token.as_bytes()))
    }

    fn cookie(&self, value: String) -> Cookie<'static> {
        let base = &self.cx.config.console.base_url;
        let mut cookie = Cookie::new(SAID, value);
        cookie.set_http_only(true);
        cookie.set_secure(base.scheme() == "https");
        cookie.set_path(base.path().to_owned());
        cookie.set_same_site(SameSite::Strict);
        cookie
    }
}

fn said(request: &HttpRequest, cx: &Cx, session: SessionId) -> Option<String> {
    let sent = request.cookie(SAID).filter(|cookie| cookie.value().len() < 2048)?;
    let said: Said = cx.secrets.cookies.open_packed(SAID, sent.value()).ok()?;
    (said.session == session && cx.now < said.until).then_some(said.text)
}

/// A page with the headers every page of the console has.
pub(super) fn html(config: &Config, status: StatusCode, page: &impl Template) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return actix_web::ResponseError::error_response(&ApiError::internal(&error)),
    };
    let response = HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(config)))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .body(body);
    dressed(response)
}

/// The headers every answer has.
pub(super) fn dressed(mut response: HttpResponse) -> HttpResponse {
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const PERMISSIONS: HeaderValue = HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()");

/// What pages may load, and where their forms lead: to the console itself, and from there, when a session has ended, to
/// the login page. Chromium holds every redirect after a form against this list.
fn policy(config: &Config) -> HeaderValue {
    let pages = &config.selfservice;
    let left = pages.logout.default_browser_return_url.as_ref().unwrap_or(&pages.default_browser_return_url);
    let mut forms: Vec<String> = [&config.serve.public.base_url, &pages.login.ui_url, left]
        .into_iter()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(origin)
        .collect();
    forms.sort();
    forms.dedup();
    let text = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        forms.join(" ")
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
