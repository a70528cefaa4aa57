//! `/self-service/methods/oidc`: where browsers come back to from a provider (contract §1.7).

use actix_web::{HttpResponse, http::header, web};

use super::{
    answer,
    visit::{self, Visit},
};
use crate::{
    flow::{
        self,
        provider::{Callback, callback},
    },
    http::{
        error::ApiError,
        extract::{cookies, query::Query},
        routes::at,
    },
};

const HOME: &str = "/self-service/methods/oidc";
/// What a provider's answer may hold.
const FIELDS: &[&str] = &[
    "code",
    "authCode",
    "state",
    "error",
    "error_description",
    "iss",
    "user",
    "oauth_token",
    "oauth_verifier",
    "denied",
];
/// No answer is longer.
const LONGEST: usize = 64 << 10;

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    let own = [
        format!("{HOME}/callback/{{provider}}"),
        format!("{HOME}/organization/{{organization}}/callback/{{provider}}"),
    ];
    for path in own {
        cfg.service(at(&path).route(web::get().to(of_provider)).route(web::post().to(posted)));
    }
    cfg.service(at(&format!("{HOME}/callback")).route(web::get().to(of_any)).route(web::post().to(posted)));
}

#[derive(serde::Deserialize)]
struct Named {
    provider: String,
}

async fn of_provider(visit: Visit, named: web::Path<Named>, query: Query) -> Result<HttpResponse, ApiError> {
    back(visit, Some(named.into_inner().provider), &query).await
}

async fn of_any(visit: Visit, query: Query) -> Result<HttpResponse, ApiError> {
    back(visit, None, &query).await
}

async fn back(visit: Visit, provider: Option<String>, query: &Query) -> Result<HttpResponse, ApiError> {
    let visit = visit.beginning();
    let text = |name: &str| query.filled(name).map(str::to_owned);
    let came = Callback {
        provider,
        state: text("state"),
        // So DingTalk calls it, and so X.
        code: text("code").or_else(|| text("authCode")).or_else(|| text("oauth_verifier")),
        // X repeats the token that was denied.
        error: text("error").or_else(|| text("denied").map(|_| "access_denied".to_owned())),
        error_description: text("error_description"),
        issuer: text("iss"),
        user: text("user"),
        token: text("oauth_token"),
        ticket: visit.ticket.clone(),
    };
    let outcome = callback(&visit.cx, &visit.visitor, came).await;
    let mut response = answer::submitted(&visit, outcome).await?;
    if visit.ticket.is_some() {
        visit::set(&mut response, &cookies::clear_continuity(&visit.cx.config));
    }
    Ok(response)
}

/// Some providers answer by a form of another site, with which no cookie of ours comes along: the browser is asked once
/// more, by our own name.
async fn posted(visit: Visit, body: web::Bytes) -> Result<HttpResponse, ApiError> {
    if body.len() > LONGEST {
        return Err(ApiError::bad_request("The answer is too long."));
    }
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(&body).map_err(|_| ApiError::bad_request("The answer is not a form in UTF-8."))?;
    let known = pairs.iter().filter(|(name, _)| FIELDS.contains(&name.as_str()));
    let mut url = flow::public_url(&visit.cx.config, visit.path.trim_start_matches('/'));
    url.query_pairs_mut().clear().extend_pairs(known);
    Ok(HttpResponse::Found().insert_header((header::LOCATION, url.as_str())).finish())
}
