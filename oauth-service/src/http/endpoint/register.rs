//! `/oauth2/register`: clients register and manage themselves (RFC 7591, RFC 7592; contract 2.9).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};
use serde_json::Value;

use super::token::authorization;
use crate::{
    app::Cx,
    client::{
        Written,
        dynamic::{self, DynamicError},
    },
    http::{
        error::ApiError,
        extract::{Body, Ctx, address},
        wire::{json_of, registered, registration_uri},
    },
    model::client::Client,
    protocol::error::{OAuthCode, OAuthError},
};

/// What attempts are counted under (`rate_limit.rules`).
const ACTION: &str = "client_registration";

/// Mounts the endpoints.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/oauth2/register", web::post().to(create)).service(
        web::resource("/oauth2/register/{id}")
            .route(web::get().to(read))
            .route(web::put().to(replace))
            .route(web::delete().to(delete)),
    );
}

impl From<DynamicError> for ApiError {
    fn from(error: DynamicError) -> Self {
        match error {
            DynamicError::Unauthorized => unauthorized(),
            DynamicError::Secret => OAuthError::new(OAuthCode::RequestForbidden)
                .because("The client_secret is not the client's, and a client cannot choose one.")
                .into(),
            DynamicError::Write(error) => error.into(),
        }
    }
}

fn unauthorized() -> ApiError {
    OAuthError::new(OAuthCode::RequestUnauthorized).because("The bearer token is missing or not good for this.").into()
}

/// Marks an answer as nobody else's, and a refusal with how to do better (RFC 6750 3).
fn private(answer: Result<HttpResponse, ApiError>) -> HttpResponse {
    let mut response = answer.unwrap_or_else(|error| error.error_response());
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, header::HeaderValue::from_static("no-cache"));
    if status == actix_web::http::StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer error=\"invalid_token\""));
    }
    response
}

/// Whether there is such a thing here, and not too many attempts of one caller.
fn open(cx: &Cx, request: &HttpRequest) -> Result<(), ApiError> {
    if !cx.config.registration.enabled {
        return Err(OAuthError::new(OAuthCode::NotFound)
            .because("Dynamic client registration is not enabled on this server.")
            .into());
    }
    cx.limits.check(ACTION, &address(request, cx).to_string()).map_err(ApiError::Limited)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = authorization(request)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What an operator keeps about a client is not shown to it, and what is not set is left out: a client takes an empty text for an
/// address that is none, an empty object for keys that are none.
fn shown(cx: &Cx, written: &Written) -> Value {
    let mut body = registered(cx, written);
    if let Value::Object(members) = &mut body {
        members.retain(|name, value| name != "metadata" && !is_unset(name, value));
    }
    body
}

fn is_unset(name: &str, value: &Value) -> bool {
    match (name, value) {
        (_, Value::Null) => true,
        // Who is told of an algorithm expects a JWT, and `none` is nobody's wish for one (OpenID Connect Registration 2).
        ("userinfo_signed_response_alg", Value::String(alg)) => alg == "none",
        (_, Value::String(text)) => text.is_empty(),
        (_, Value::Object(members)) => members.is_empty(),
        _ => false,
    }
}

async fn create(Ctx(cx): Ctx, request: HttpRequest, Body(bytes): Body) -> HttpResponse {
    private(created(&cx, &request, &bytes).await)
}

async fn created(cx: &Cx, request: &HttpRequest, bytes: &[u8]) -> Result<HttpResponse, ApiError> {
    open(cx, request)?;
    if !dynamic::is_admitted(cx, bearer(request)) {
        return Err(unauthorized());
    }
    let written = dynamic::register(cx, json_of(bytes)?).await?;
    let location = registration_uri(cx, &written.client).to_string();
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(shown(cx, &written)))
}

/// The client the request's token manages.
async fn managed(cx: &Cx, request: &HttpRequest, id: &str) -> Result<Client, ApiError> {
    open(cx, request)?;
    let token = bearer(request).ok_or_else(unauthorized)?;
    Ok(dynamic::managed(cx, id, token).await?)
}

async fn read(Ctx(cx): Ctx, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let answer = async {
        let client = managed(&cx, &request, &id).await?;
        // RFC 7592 3: the answer has the token. It is the one that was brought, for no other is known.
        let token = bearer(&request).map(|token| shared_types::secret::Secret::new(token.to_owned()));
        let written = Written { client, secret: None, registration_token: token };
        Ok(HttpResponse::Ok().json(shown(&cx, &written)))
    };
    private(answer.await)
}

async fn replace(Ctx(cx): Ctx, request: HttpRequest, id: web::Path<String>, Body(bytes): Body) -> HttpResponse {
    let answer = async {
        let client = managed(&cx, &request, &id).await?;
        let written = Box::pin(dynamic::replace(&cx, client, json_of(&bytes)?, address(&request, &cx))).await?;
        Ok(HttpResponse::Ok().json(shown(&cx, &written)))
    };
    private(answer.await)
}

async fn delete(Ctx(cx): Ctx, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let answer = async {
        let client = managed(&cx, &request, &id).await?;
        dynamic::remove(&cx, &client).await?;
        Ok(HttpResponse::NoContent().finish())
    };
    private(answer.await)
}
