//! Outcomes and errors of flows as responses: redirects for browsers, JSON for scripts and programs (contract §2.10,
//! §3.7, §6.7).

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde_json::{Map, Value, json};
use shared_types::id::FlowId;
use url::Url;

use super::{
    pages,
    visit::{self, Visit},
};
use crate::{
    app::Cx,
    flow::{
        self, FlowError, Refusal,
        outcome::{Changed, ContinueWith, Finished, Leaving, Outcome, Recovered, continue_with_body},
        view::FlowView,
        visitor::Client,
    },
    http::{
        error::ApiError,
        extract::{cookies, query::Query},
    },
    identity,
    model::{
        flow::{FlowKind, FlowType},
        session::Session,
    },
    session,
    store::{self, flow_errors::Shown},
};

/// The body of a success. With a charset, as clients of this API have always seen it.
pub(super) fn json_body(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).content_type("application/json; charset=utf-8").body(body.to_string())
}

/// A redirect that turns any method into GET.
pub(super) fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}

/// A redirect as clients of this API know it from some places.
pub(super) fn found(url: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, url)).finish()
}

/// A flow that was begun.
pub(super) async fn begun(
    visit: &Visit,
    kind: FlowKind,
    flow: Result<FlowView, FlowError>,
) -> Result<HttpResponse, ApiError> {
    let response = match flow {
        Ok(view) if visit.native || visit.visitor.client == Client::Json => {
            return Ok(flow_body(visit, StatusCode::OK, &view));
        }
        Ok(view) => see_other(ui_url(&visit.cx, kind, view.flow.id).as_str()),
        Err(error) => failed(visit, error).await?,
    };
    Ok(visit.keep(response))
}

/// A flow that is read.
pub(super) async fn read(visit: &Visit, kind: FlowKind, query: &Query) -> Result<HttpResponse, ApiError> {
    let id = visit::read_id(query).map_err(FlowError::from)?;
    let view = flow::view::load(&visit.cx, kind, id, visit.proofs()).await?;
    Ok(flow_body(visit, StatusCode::OK, &view))
}

/// A flow as JSON. Programs get no cookies with it.
pub(super) fn flow_body(visit: &Visit, status: StatusCode, view: &FlowView) -> HttpResponse {
    let mut body = view.body(&visit.cx.config);
    // Whose settings they are is part of the form, whatever else it says.
    let owner = visit.visitor.session.as_ref().map(|signed_in| &signed_in.identity);
    let owner =
        owner.filter(|owner| view.flow.kind == FlowKind::Settings && view.flow.data.identity_id == Some(owner.id));
    if let (Some(owner), Value::Object(map)) = (owner, &mut body) {
        map.entry("identity").or_insert_with(|| identity::view::public(owner, &visit.cx.config));
    }
    let response = json_body(status, &body);
    if view.flow.is_browser() { visit.keep(response) } else { response }
}

/// Programs read JSON whatever they accept. A browser in a native flow has followed the link of a mail.
fn reads_json(visit: &Visit, view: &FlowView) -> bool {
    let mails = matches!(view.flow.kind, FlowKind::Verification | FlowKind::Recovery);
    let program = !view.flow.is_browser() && (!visit.visitor.browser || !mails);
    program || visit.visitor.client == Client::Json
}

/// A submission that was taken.
pub(super) async fn submitted(visit: &Visit, outcome: Result<Outcome, FlowError>) -> Result<HttpResponse, ApiError> {
    let response = match outcome {
        Ok(Outcome::Again(view)) if reads_json(visit, &view) => {
            return Ok(flow_body(visit, StatusCode::BAD_REQUEST, &view));
        }
        Ok(Outcome::Shown(view)) if reads_json(visit, &view) => return Ok(flow_body(visit, StatusCode::OK, &view)),
        // Clients of this API know 302 here, and 303 everywhere else.
        Ok(Outcome::Again(view)) if view.flow.kind == FlowKind::Registration => found(page(visit, &view).as_str()),
        Ok(Outcome::Again(view) | Outcome::Shown(view)) => see_other(page(visit, &view).as_str()),
        Ok(Outcome::Away(leaving)) => return away(visit, &leaving),
        Ok(Outcome::SignedIn(done)) => return signed_in(visit, &done),
        Ok(Outcome::Registered(done)) => return registered(visit, &done),
        Ok(Outcome::Changed(done)) => return changed(visit, &done),
        Ok(Outcome::Recovered(done)) => return recovered(visit, &done),
        Ok(Outcome::Tried(tried)) => {
            let mut response = see_other(tried.page.as_str());
            visit::set(&mut response, &cookies::trial(&visit.cx, tried.proof, tried.expires_at));
            response
        }
        Err(FlowError::Refused(Refusal::SessionAvailable(home))) if visit.visitor.client == Client::Html => {
            found(home.as_str())
        }
        Err(error) => failed(visit, error).await?,
    };
    Ok(visit.keep(response))
}

/// The page of a flow, which may be of another kind than the one that was submitted.
fn page(visit: &Visit, view: &FlowView) -> Url {
    ui_url(&visit.cx, view.flow.kind, view.flow.id)
}

/// A browser on its way to another site, with the cookie by which it is known when it comes back.
fn away(visit: &Visit, leaving: &Leaving) -> Result<HttpResponse, ApiError> {
    let browser = leaving.flow_type == FlowType::Browser;
    let mut response = match visit.visitor.client {
        Client::Html if browser => see_other(leaving.url.as_str()),
        _ => elsewhere(visit, &leaving.url),
    };
    let Some(ticket) = leaving.ticket.as_deref().filter(|_| browser) else { return Ok(response) };
    let cookie = cookies::continuity(&visit.cx, ticket).map_err(|error| ApiError::internal(&error))?;
    visit::set(&mut response, &cookie);
    Ok(visit.keep(response))
}

pub(super) fn ui_url(cx: &Cx, kind: FlowKind, id: FlowId) -> Url {
    flow::ui_url(&cx.config, kind, id)
}

/// The session with its owner, who is `null` while a second factor is missing (contract §6.7).
fn session_body(cx: &Cx, session: &Session, done: &Finished) -> Value {
    let owner = done.identity.as_ref().map_or(Value::Null, |identity| identity::view::public(identity, &cx.config));
    session::view::json(session, Some(owner), cx.now)
}

fn signed_in(visit: &Visit, done: &Finished) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let mut body = Map::new();
    if let (FlowType::Api, Some(token)) = (done.flow_type, &done.token) {
        body.insert("session_token".to_owned(), json!(token.expose()));
    }
    if let Some(session) = &done.session {
        body.insert("session".to_owned(), session_body(cx, session, done));
    }
    body.insert("continue_with".to_owned(), continue_with_body(&done.continue_with));
    let response = match (done.flow_type, visit.visitor.client) {
        (FlowType::Browser, Client::Html) => see_other(done.go.as_str()),
        (FlowType::Browser, Client::Json) if done.must_navigate => elsewhere(visit, &done.go),
        _ => json_body(StatusCode::OK, &Value::Object(body)),
    };
    with_session(visit, done, response)
}

fn registered(visit: &Visit, done: &Finished) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let mut body = Map::new();
    if let (FlowType::Api, Some(token)) = (done.flow_type, &done.token) {
        body.insert("session_token".to_owned(), json!(token.expose()));
    }
    if let Some(session) = &done.session {
        body.insert("session".to_owned(), session_body(cx, session, done));
    }
    if let Some(identity) = &done.identity {
        body.insert("identity".to_owned(), identity::view::public(identity, &cx.config));
    }
    body.insert("continue_with".to_owned(), continue_with_body(&done.continue_with));
    let response = match (done.flow_type, visit.visitor.client) {
        (FlowType::Browser, Client::Html) => see_other(done.go.as_str()),
        _ => json_body(StatusCode::OK, &Value::Object(body)),
    };
    with_session(visit, done, response)
}

/// An account that was changed: the flow again, which says so.
fn changed(visit: &Visit, done: &Changed) -> Result<HttpResponse, ApiError> {
    let browser = done.view.flow.is_browser();
    let mut response = if browser && visit.visitor.client == Client::Html {
        see_other(done.go.as_str())
    } else {
        let mut body = done.view.body(&visit.cx.config);
        put_continue_with(&mut body, &done.continue_with);
        json_body(StatusCode::OK, &body)
    };
    if browser && let Some(token) = &done.token {
        visit.set_session(&mut response, token, done.expires_at)?;
    }
    Ok(if browser { visit.keep(response) } else { response })
}

fn put_continue_with(body: &mut Value, items: &[ContinueWith]) {
    if let (Value::Object(map), false) = (body, items.is_empty()) {
        map.insert("continue_with".to_owned(), continue_with_body(items));
    }
}

/// An account that is back: whoever it is goes on to the settings (contract §7.1).
fn recovered(visit: &Visit, recovered: &Recovered) -> Result<HttpResponse, ApiError> {
    let done = &recovered.done;
    let followed = visit.visitor.client == Client::Html;
    let response = if followed && (done.flow_type == FlowType::Browser || visit.visitor.browser) {
        see_other(done.go.as_str())
    } else if visit.cx.config.selfservice.continue_with_transitions {
        let view = FlowView::of(&visit.cx, recovered.flow.clone(), done.csrf.as_ref());
        let mut body = view.body(&visit.cx.config);
        put_continue_with(&mut body, &done.continue_with);
        json_body(StatusCode::OK, &body)
    } else {
        elsewhere(visit, &done.go)
    };
    with_session(visit, done, response)
}

/// The cookies of a browser that has signed in; programs get none.
fn with_session(visit: &Visit, done: &Finished, mut response: HttpResponse) -> Result<HttpResponse, ApiError> {
    if done.flow_type == FlowType::Api {
        return Ok(response);
    }
    if let (Some(session), Some(token)) = (&done.session, &done.token) {
        visit.set_session(&mut response, token, session.expires_at)?;
    }
    match &done.csrf {
        Some(secret) => visit.set_csrf(&mut response, secret),
        None => return Ok(visit.keep(response)),
    }
    Ok(response)
}

/// A script must navigate: the address is in the body.
fn elsewhere(visit: &Visit, url: &Url) -> HttpResponse {
    visit.error(&ApiError::from(FlowError::Moved(url.clone())))
}

/// A flow error for whom it is for: JSON for scripts and programs, for browsers the page that helps on.
pub(super) async fn failed(visit: &Visit, error: FlowError) -> Result<HttpResponse, ApiError> {
    let programs = matches!(&error, FlowError::Replaced(replaced) if !replaced.browser);
    if visit.native || programs || visit.visitor.client == Client::Json {
        return match error {
            // An expired verification or recovery is followed up at once (contract §14.10).
            FlowError::Replaced(replaced) if is_followed_up(&visit.cx, &replaced) => {
                let path = format!("self-service/{}/flows", replaced.kind);
                let url = flow::public_url(&visit.cx.config, &path);
                Ok(see_other(&format!("{url}?id={}", replaced.flow)))
            }
            error => Err(error.into()),
        };
    }
    match error {
        FlowError::Refused(
            Refusal::SessionAvailable(url)
            | Refusal::SignInFirst(url)
            | Refusal::SecondFactorFirst(url)
            | Refusal::FreshSignInFirst(url),
        )
        | FlowError::Moved(url) => Ok(see_other(url.as_str())),
        FlowError::Replaced(replaced) => Ok(see_other(ui_url(&visit.cx, replaced.kind, replaced.flow).as_str())),
        // Said at once, and nothing is stored for it: these answers are for times of too much traffic.
        error @ (FlowError::Limited(_) | FlowError::Busy) => Ok(pages::or_page(visit, Err(error.into()))),
        error => error_page(visit, &ApiError::from(error)).await,
    }
}

fn is_followed_up(cx: &Cx, replaced: &flow::Replaced) -> bool {
    match replaced.kind {
        FlowKind::Verification => replaced.expired_at.is_some(),
        FlowKind::Recovery => replaced.expired_at.is_some() && !cx.config.selfservice.continue_with_transitions,
        FlowKind::Login | FlowKind::Registration | FlowKind::Settings => false,
    }
}

/// Keeps an error and sends the browser to the page that shows it.
pub(super) async fn error_page(visit: &Visit, error: &ApiError) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let shown = Shown {
        id: FlowId::ordered(cx.now, &*cx.entropy),
        body: error.problem().error(visit.request_id(), cx.config.dev),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let mut url = cx.config.selfservice.error_ui_url.clone();
    url.query_pairs_mut().append_pair("id", &shown.id.text());
    cx.db.write(move |conn| store::flow_errors::insert(conn, &shown)).await?;
    Ok(see_other(url.as_str()))
}
