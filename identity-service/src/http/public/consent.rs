//! `/consent`: may a client use an account? (contract oauth §3.8)
//!
//! The request is read anew from the provider each time, so that nothing a browser sends widens what was asked for. Who
//! answers must be who the request is about.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::Value;
use shared_types::contract::{AcceptConsent, ConsentRequest, ConsentSession, RejectRequest};

use super::{
    pages::{self, About, Fields, Policy},
    visit::Visit,
};
use crate::{
    app::Cx,
    flow::{CsrfFailure, FlowError, Refusal},
    http::{error::ApiError, extract::query::Query, routes::at},
    identity::claims,
    model::identity::Identity,
    peer::oauth::{self, PeerError},
    ui::page::{ConsentPage, ErrorPage, Stage, is_asked},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/consent").route(web::get().to(get)).route(web::post().to(post)));
}

/// What a person decided.
struct Answer {
    scopes: Vec<String>,
    /// What exactly is allowed; absent where nothing was asked for, so that providers that know none are told of none.
    details: Option<Vec<Value>>,
    remember: bool,
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let answer = show(&visit, query.filled("consent_challenge")).await;
    pages::or_page(&visit, answer)
}

async fn post(visit: Visit, fields: Fields) -> HttpResponse {
    let answer = take(&visit, &fields).await;
    pages::or_page(&visit, answer)
}

async fn show(visit: &Visit, challenge: Option<&str>) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let challenge = challenge.ok_or_else(no_challenge)?;
    let request = match oauth::consent_request(cx, challenge).await {
        Ok(request) => request,
        Err(error) => return elsewhere(error),
    };
    let identity = match subject(visit, &request) {
        Ok(identity) => identity,
        Err(refusal) => return Ok(*refusal),
    };
    if !is_asked(&request) {
        let answer =
            Answer { scopes: request.requested_scope.clone(), details: details(&request, |_| true), remember: false };
        return accept(cx, challenge, &request, (identity, answer)).await;
    }
    let token = pages::issue(visit, about(challenge))?;
    // The provider repeats the challenge it was asked with; the form carries what the browser came with.
    let request = ConsentRequest { challenge: challenge.to_owned(), ..request };
    let words = visit.words(&request.oidc_context.ui_locales);
    let page = ConsentPage::new(&Stage { config: &cx.config, words: &words }, &request, identity, token);
    let policy = Policy::new(&cx.config).for_client(&request.request_url, &request.client).for_consent(&page);
    Ok(pages::html(visit, StatusCode::OK, &page, &policy))
}

async fn take(visit: &Visit, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let challenge = fields.filled("consent_challenge").ok_or_else(no_challenge)?;
    if !pages::check(visit, about(challenge), fields.filled("csrf_token").unwrap_or_default()) {
        return Err(forged());
    }
    let request = match oauth::consent_request(cx, challenge).await {
        Ok(request) => request,
        Err(error) => return elsewhere(error),
    };
    let identity = match subject(visit, &request) {
        Ok(identity) => identity,
        Err(refusal) => return Ok(*refusal),
    };
    match fields.filled("action") {
        Some("accept") => {
            let chosen: Vec<&str> = fields.all("grant_scope").collect();
            let scopes = request.requested_scope.iter().filter(|scope| chosen.contains(&scope.as_str()));
            let ticked: Vec<&str> = fields.all("grant_detail").collect();
            let answer = Answer {
                scopes: scopes.cloned().collect(),
                details: details(&request, |place| ticked.contains(&place.to_string().as_str())),
                remember: fields.filled("remember") == Some("true") && request.authorization_details.is_empty(),
            };
            accept(cx, challenge, &request, (identity, answer)).await
        }
        Some("reject") => reject(cx, challenge, &request, identity).await,
        _ => Err(ApiError::bad_request("The field action must be accept or reject.")),
    }
}

/// The details of a request at the places that were chosen, as they were asked for.
fn details(request: &ConsentRequest, chosen: impl Fn(usize) -> bool) -> Option<Vec<Value>> {
    let asked = &request.authorization_details;
    let kept = asked.iter().enumerate().filter(|(place, _)| chosen(*place)).map(|(_, detail)| detail.clone());
    (!asked.is_empty()).then(|| kept.collect())
}

const fn about(challenge: &str) -> About<'_> {
    About { page: "consent", challenge }
}

/// The signed-in identity, if the request is about it; otherwise the page that says so.
fn subject<'a>(visit: &'a Visit, request: &ConsentRequest) -> Result<&'a Identity, Box<HttpResponse>> {
    let config = &visit.cx.config;
    let words = visit.words(&request.oidc_context.ui_locales);
    let stage = Stage { config, words: &words };
    let refuse =
        |page: &ErrorPage| Err(Box::new(pages::html(visit, StatusCode::FORBIDDEN, page, &Policy::new(config))));
    match &visit.visitor.session {
        Some(signed_in) if signed_in.identity.id.text() == request.subject => Ok(&signed_in.identity),
        Some(_) => refuse(&ErrorPage::other_account(&stage)),
        None => refuse(&ErrorPage::session_ended(&stage)),
    }
}

async fn accept(
    cx: &Cx,
    challenge: &str,
    request: &ConsentRequest,
    (identity, answer): (&Identity, Answer),
) -> Result<HttpResponse, ApiError> {
    // Claims are given anew each time: remembered consents do not hold any.
    let claims = claims::for_scopes(identity, &cx.config.oauth2.claims, &answer.scopes);
    let body = AcceptConsent {
        grant_scope: Some(answer.scopes),
        grant_access_token_audience: Some(request.requested_access_token_audience.clone()),
        grant_authorization_details: answer.details,
        session: Some(ConsentSession { access_token: claims.access_token, id_token: claims.id_token }),
        remember: answer.remember,
        // Until it is revoked.
        remember_for: 0,
        context: None,
    };
    match oauth::accept_consent(cx, challenge, &body).await {
        Ok(url) => {
            tracing::info!(
                target: "audit", event = "ConsentGranted", identity = %identity.id, client = client_id(request),
                remember = answer.remember, asked = is_asked(request), request = %cx.request_id, "consent granted"
            );
            Ok(pages::go(&url))
        }
        Err(error) => elsewhere(error),
    }
}

async fn reject(
    cx: &Cx,
    challenge: &str,
    request: &ConsentRequest,
    identity: &Identity,
) -> Result<HttpResponse, ApiError> {
    let body = RejectRequest {
        error: Some("access_denied".to_owned()),
        error_description: Some("The resource owner denied the request.".to_owned()),
        ..RejectRequest::default()
    };
    match oauth::reject_consent(cx, challenge, &body).await {
        Ok(url) => {
            tracing::info!(
                target: "audit", event = "ConsentDenied", identity = %identity.id, client = client_id(request),
                request = %cx.request_id, "consent denied"
            );
            Ok(pages::go(&url))
        }
        Err(error) => elsewhere(error),
    }
}

fn client_id(request: &ConsentRequest) -> &str {
    request.client.get("client_id").and_then(Value::as_str).unwrap_or_default()
}

/// A challenge that was answered before leads on to where it led then.
pub(super) fn elsewhere(error: PeerError) -> Result<HttpResponse, ApiError> {
    match error {
        PeerError::Answered(url) => Ok(pages::go(&url)),
        PeerError::Unknown => Err(ApiError::not_found(
            "This request is not known or has expired. Please go back to the application and try again.",
        )),
        error => Err(FlowError::Provider(error).into()),
    }
}

fn no_challenge() -> ApiError {
    ApiError::bad_request("The parameter consent_challenge is missing.")
}

/// The form is not one of ours, or was shown to another browser or session.
pub(super) fn forged() -> ApiError {
    FlowError::from(Refusal::Csrf(CsrfFailure::Mismatch)).into()
}
