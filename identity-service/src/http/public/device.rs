//! `/device`: a person types the code a device shows (RFC 8628 §3.3; contract oauth §4.8), and `/device/done`, where the
//! journey ends.
//!
//! A code that came with the address is shown and never handed on by itself: who sent the link may hold the device
//! (RFC 8628 §5.4).

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    consent::{elsewhere, forged},
    pages::{self, About, Fields, Policy},
    visit::Visit,
};
use crate::{
    http::{error::ApiError, extract::query::Query, routes::at},
    peer::oauth::{self, UserCode},
    ui::page::{DeviceDonePage, DevicePage, ErrorPage, Stage, Typed, Wrong},
};

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/device").route(web::get().to(get)).route(web::post().to(post)))
        .service(at("/device/done").route(web::get().to(done)));
}

async fn get(visit: Visit, query: Query) -> HttpResponse {
    let typed = Typed { code: query.filled("user_code"), problem: None };
    let answer = match query.filled("device_challenge") {
        Some(challenge) => ask(&visit, StatusCode::OK, challenge, typed),
        None => Ok(start_again(&visit)),
    };
    pages::or_page(&visit, answer)
}

async fn post(visit: Visit, fields: Fields) -> HttpResponse {
    let answer = take(&visit, &fields).await;
    pages::or_page(&visit, answer)
}

async fn done(visit: Visit) -> HttpResponse {
    let config = &visit.cx.config;
    let words = visit.words(&[]);
    pages::html(&visit, StatusCode::OK, &DeviceDonePage::new(&Stage { config, words: &words }), &Policy::new(config))
}

fn ask(visit: &Visit, status: StatusCode, challenge: &str, typed: Typed<'_>) -> Result<HttpResponse, ApiError> {
    let config = &visit.cx.config;
    let token = pages::issue(visit, about(challenge))?;
    let words = visit.words(&[]);
    let page = DevicePage::new(&Stage { config, words: &words }, challenge, typed, token);
    Ok(pages::html(visit, status, &page, &Policy::new(config)))
}

async fn take(visit: &Visit, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let Some(challenge) = fields.filled("device_challenge") else { return Ok(start_again(visit)) };
    if !pages::check(visit, about(challenge), fields.filled("csrf_token").unwrap_or_default()) {
        return Err(forged());
    }
    let code = fields.filled("user_code");
    let wrong = |problem| {
        let typed = Typed { code, problem: Some(problem) };
        ask(visit, StatusCode::BAD_REQUEST, challenge, typed)
    };
    // People copy the dashes and blanks a device groups its code with.
    let plain: String = code.unwrap_or_default().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if plain.is_empty() {
        return wrong(Wrong::Missing);
    }
    match oauth::accept_user_code(&visit.cx, challenge, &plain).await {
        Ok(UserCode::Right(url)) => Ok(pages::go(&url)),
        Ok(UserCode::Wrong) => wrong(Wrong::Unknown),
        Ok(UserCode::TooMany) => Ok(guessed(visit)),
        Ok(UserCode::Over) => Ok(start_again(visit)),
        Err(error) => elsewhere(error),
    }
}

const fn about(challenge: &str) -> About<'_> {
    About { page: "device", challenge }
}

fn start_again(visit: &Visit) -> HttpResponse {
    let config = &visit.cx.config;
    let words = visit.words(&[]);
    let page = ErrorPage::device_over(&Stage { config, words: &words });
    pages::html(visit, StatusCode::GONE, &page, &Policy::new(config))
}

fn guessed(visit: &Visit) -> HttpResponse {
    let config = &visit.cx.config;
    let words = visit.words(&[]);
    let page = ErrorPage::device_guessed(&Stage { config, words: &words });
    pages::html(visit, StatusCode::TOO_MANY_REQUESTS, &page, &Policy::new(config))
}
