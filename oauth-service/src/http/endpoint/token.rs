//! `POST /oauth2/token` (RFC 6749 3.2; contract 4.0).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};

use super::posted;
use crate::{
    app::Cx,
    client::{self, auth::Presented},
    grant,
    http::{
        cors,
        error::ApiError,
        extract::{Body, Ctx, address, certificate, proven},
    },
    model::client::Client,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    token::{credential, dpop, mint::Asker},
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(posted("/oauth2/token").route(web::post().to(token)));
}

async fn token(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    let answer = async {
        let params = form(&request, &body)?;
        let client = client_of(&cx, &request, &params).await?;
        let names = ("oauth2/token", cx.config.discovery.token_url.as_deref());
        let proven = proven(&request, &cx, names, None).await?;
        let tokens = grant::answer(&cx, Asker { client: &client, proven: &proven }, &params).await?;
        Ok::<_, ApiError>(credential::prime(&cx, &tokens.access, tokens.body())?)
    };
    let response = match answer.await {
        Ok(body) => HttpResponse::Ok().json(body),
        Err(error) => error.error_response(),
    };
    with_nonce(&cx, &request, secret(response))
}

/// The nonce for the next proof, where proofs must have one (RFC 9449 8.2).
pub(super) fn with_nonce(cx: &Cx, request: &HttpRequest, mut response: HttpResponse) -> HttpResponse {
    if cx.config.sender.require_nonce
        && request.headers().contains_key("dpop")
        && let Ok(nonce) = header::HeaderValue::from_str(&dpop::nonce(cx))
    {
        response.headers_mut().insert(header::HeaderName::from_static("dpop-nonce"), nonce);
    }
    response
}

/// The client a request comes from, proven. Its own origins may read the answer, whatever that will be (contract 1.6).
pub(crate) async fn client_of(cx: &Cx, request: &HttpRequest, params: &Params) -> Result<Arc<Client>, ApiError> {
    let certificate = certificate(request, cx);
    let presented = Presented {
        authorization: authorization(request),
        params,
        certificate: certificate.as_ref(),
        address: address(request, cx),
    };
    let proven = client::auth::authenticate(cx, presented).await;
    let named = match &proven {
        Ok(client) => Some(client),
        Err(failure) => failure.client.as_ref(),
    };
    if let Some(client) = named {
        cors::remember(request, client);
    }
    Ok(proven?)
}

/// The parameters of a form body (RFC 6749 3.2: "parameters [..] MUST NOT be included more than once").
pub(crate) fn form(request: &HttpRequest, body: &[u8]) -> Result<Params, OAuthError> {
    // Who authenticates by a header and wants nothing in particular sends none (RFC 8628 3.1).
    if body.is_empty() {
        return Ok(Params::default());
    }
    if !is_form(request) {
        let why = "The body must be application/x-www-form-urlencoded.";
        return Err(OAuthError::new(OAuthCode::InvalidRequest).because(why));
    }
    readable(body)
}

/// The parameters of a body that is known to be a form.
pub(crate) fn readable(body: &[u8]) -> Result<Params, OAuthError> {
    let refused = |why: String| Err(OAuthError::new(OAuthCode::InvalidRequest).because(why));
    if std::str::from_utf8(body).is_err() {
        return refused("The body is not text.".to_owned());
    }
    let params = Params::default().and_body(body);
    // `audience` and RFC 8707's `resource` may come several times.
    let repeated = params
        .iter()
        .map(|(name, _)| name)
        .find(|name| !matches!(*name, "audience" | "resource") && params.repeats(name));
    match repeated {
        Some(name) => refused(format!("The parameter {name} comes more than once.")),
        // No value of any parameter has a use for it, and no database text can hold it.
        None if params.iter().any(|(_, value)| value.contains('\0')) => refused("A parameter holds a NUL.".to_owned()),
        None => Ok(params),
    }
}

/// Whether the body says that it is a form.
pub(crate) fn is_form(request: &HttpRequest) -> bool {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The `Authorization` header, if it is text.
pub(crate) fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok())
}

/// Marks an answer as one that must not be kept (RFC 6749 5.1).
pub(crate) fn secret(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json;charset=UTF-8"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, header::HeaderValue::from_static("no-cache"));
    response
}
