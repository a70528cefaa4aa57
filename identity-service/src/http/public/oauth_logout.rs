//! `/logout`: asked for by an OAuth2 client or the provider (contract oauth §6.4), or by whoever is signed in here.
//!
//! A person is always asked, unless the operator marked the client as one that need not. The provider is told first:
//! if it cannot be reached nothing has ended, and the person may try again.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use serde_json::Value;
use shared_types::contract::LogoutRequest;
use url::Url;

use super::{
    consent::{elsewhere, forged},
    pages::{self, About, Fields, Policy},
    visit::Visit,
};
use crate::{
    config,
    flow::{csrf::CsrfSecret, visitor::SignedIn},
    http::{error::ApiError, extract::query::Query, routes::at},
    peer::oauth,
    session::revoke,
    ui::page::{Leaving, LoggedOutPage, LogoutPage, Stage},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/logout").route(web::get().to(get)).route(web::post().to(post)));
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let answer = match query.filled("logout_challenge") {
        Some(challenge) => asked_by_provider(&visit, challenge).await,
        None => asked_here(&visit),
    };
    pages::or_page(&visit, answer)
}

async fn post(visit: Visit, fields: Fields) -> HttpResponse {
    let answer = take(&visit, &fields).await;
    pages::or_page(&visit, answer)
}

fn asked_here(visit: &Visit) -> Result<HttpResponse, ApiError> {
    let config = &visit.cx.config;
    let policy = Policy::new(config);
    let words = visit.words(&[]);
    let stage = Stage { config, words: &words };
    let Some(signed_in) = &visit.visitor.session else {
        return Ok(pages::html(visit, StatusCode::OK, &LoggedOutPage::new(&stage), &policy));
    };
    let leaving = Leaving { identity: Some(&signed_in.identity), client: None, challenge: None };
    let page = LogoutPage::new(&stage, &leaving, pages::issue(visit, about(""))?);
    Ok(pages::html(visit, StatusCode::OK, &page, &policy))
}

async fn asked_by_provider(visit: &Visit, challenge: &str) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let request = match oauth::logout_request(cx, challenge).await {
        Ok(request) => request,
        Err(error) => return elsewhere(error),
    };
    let client = request.client.as_ref();
    if client.is_some_and(|client| client.get("skip_logout_consent") == Some(&Value::Bool(true))) {
        return accept(visit, challenge, &request).await;
    }
    let identity = subject(visit, &request).map(|signed_in| &signed_in.identity);
    let leaving = Leaving { identity, client, challenge: Some(challenge) };
    let words = visit.words(&wished(&request.request_url));
    let page =
        LogoutPage::new(&Stage { config: &cx.config, words: &words }, &leaving, pages::issue(visit, about(challenge))?);
    let policy = Policy::new(&cx.config).for_client(&request.request_url, client.unwrap_or(&Value::Null));
    Ok(pages::html(visit, StatusCode::OK, &page, &policy))
}

async fn take(visit: &Visit, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let challenge = fields.filled("logout_challenge");
    if !pages::check(visit, about(challenge.unwrap_or_default()), fields.filled("csrf_token").unwrap_or_default()) {
        return Err(forged());
    }
    let accepted = match fields.filled("action") {
        Some("accept") => true,
        Some("reject") => false,
        _ => return Err(ApiError::bad_request("The field action must be accept or reject.")),
    };
    match (challenge, accepted) {
        (Some(challenge), true) => {
            let request = match oauth::logout_request(&visit.cx, challenge).await {
                Ok(request) => request,
                Err(error) => return elsewhere(error),
            };
            accept(visit, challenge, &request).await
        }
        (Some(challenge), false) => match oauth::reject_logout(&visit.cx, challenge).await {
            Ok(()) => Ok(pages::go(&own(visit, "welcome"))),
            Err(error) => elsewhere(error),
        },
        (None, true) => {
            let done = visit.cx.config.selfservice.logout.default_browser_return_url.clone();
            leave(visit, visit.visitor.session.as_ref(), &done.unwrap_or_else(|| own(visit, "logout"))).await
        }
        (None, false) => Ok(pages::go(&own(visit, "welcome"))),
    }
}

const fn about(challenge: &str) -> About<'_> {
    About { page: "logout", challenge }
}

/// The languages a logout request wishes for (RP-Initiated Logout 1.0, 2).
fn wished(request_url: &str) -> Vec<String> {
    let request = Url::parse(request_url).ok();
    let named = request.iter().flat_map(Url::query_pairs).filter(|(name, _)| name == "ui_locales");
    named.map(|(_, tags)| tags.into_owned()).collect()
}

fn own(visit: &Visit, path: &str) -> Url {
    config::below(&visit.cx.config.serve.public.base_url, path)
}

/// Who is signed in here, if it is whom the provider signs out. Somebody else's session is left alone.
fn subject<'a>(visit: &'a Visit, request: &LogoutRequest) -> Option<&'a SignedIn> {
    visit.visitor.session.as_ref().filter(|signed_in| signed_in.identity.id.text() == request.subject)
}

async fn accept(visit: &Visit, challenge: &str, request: &LogoutRequest) -> Result<HttpResponse, ApiError> {
    match oauth::accept_logout(&visit.cx, challenge).await {
        Ok(url) => leave(visit, subject(visit, request), &url).await,
        Err(error) => elsewhere(error),
    }
}

/// Ends the session, takes its cookie, and gives the browser another CSRF secret.
async fn leave(visit: &Visit, signed_in: Option<&SignedIn>, to: &Url) -> Result<HttpResponse, ApiError> {
    let cx = &visit.cx;
    let mut response = pages::go(to);
    let Some(signed_in) = signed_in else { return Ok(response) };
    let (unit_cx, id) = (cx.clone(), signed_in.session.id);
    cx.db.write(move |conn| revoke::one(conn, &unit_cx, id)).await?;
    visit.clear_session(&mut response);
    visit.set_csrf(&mut response, &CsrfSecret::random(&*cx.entropy));
    // Browsers obey this on secure origins alone.
    if cx.config.selfservice.logout.clear_browser_data && cx.config.serve.public.base_url.scheme() == "https" {
        let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
        response.headers_mut().insert(HeaderName::from_static("clear-site-data"), everything);
    }
    Ok(response)
}
