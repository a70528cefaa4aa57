//! CORS of the public endpoints that scripts call (contract 1.6): the configured origins, and those the client of the request
//! has registered. A preflight names no client, so it is always answered with yes; the answer itself decides.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::future::LocalBoxFuture;
use shared_types::http::cors::{CorsOptions, tell_of_refused};

use super::routes::Door;
use crate::model::client::Client;

const SHARED: [&str; 7] = [
    "/credentials",
    "/oauth2/token",
    "/oauth2/revoke",
    "/userinfo",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks.json",
];

/// Origins of the client a request was found to come from.
struct ClientOrigins(Vec<String>);

/// Lets the client's own origins count for the answer to this request.
pub(crate) fn remember(request: &HttpRequest, client: &Client) {
    request.extensions_mut().insert(ClientOrigins(client.allowed_cors_origins.clone()));
}

/// Answers preflights and adds the headers to answers.
pub(super) fn around<F, B>(
    options: &Arc<CorsOptions>,
    door: Door,
    request: ServiceRequest,
    next: impl FnOnce(ServiceRequest) -> F,
) -> LocalBoxFuture<'static, Result<ServiceResponse, Error>>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>> + 'static,
    B: MessageBody + 'static,
{
    let options = Arc::clone(options);
    let shared = options.enabled && door == Door::Public && SHARED.contains(&request.path());
    let origin = request.headers().get(header::ORIGIN).cloned().filter(|_| shared);
    let Some(origin) = origin else {
        let answer = next(request);
        return Box::pin(async move { Ok(answer.await?.map_into_boxed_body()) });
    };
    if request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        let mut answer = HttpResponse::NoContent().finish();
        add_preflight(answer.headers_mut(), &options, &request);
        add_shared(answer.headers_mut(), &options, origin);
        return Box::pin(async move { Ok(request.into_response(answer)) });
    }
    let answer = next(request);
    Box::pin(async move {
        let mut answer = answer.await?.map_into_boxed_body();
        answer.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
        if origin.to_str().is_ok_and(|text| options.allows(text) || is_clients_own(&answer, text)) {
            add_shared(answer.headers_mut(), &options, origin);
            set_list(answer.headers_mut(), header::ACCESS_CONTROL_EXPOSE_HEADERS, &options.exposed_headers);
        } else {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            tell_of_refused(&origin, "the client's allowed_cors_origins, or serve.public.cors");
        }
        Ok(answer)
    })
}

fn is_clients_own(answer: &ServiceResponse, origin: &str) -> bool {
    let extensions = answer.request().extensions();
    extensions.get::<ClientOrigins>().is_some_and(|known| known.0.iter().any(|own| own.eq_ignore_ascii_case(origin)))
}

fn add_preflight(headers: &mut HeaderMap, options: &CorsOptions, request: &ServiceRequest) {
    set_list(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &options.allowed_methods);
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    match asked.filter(|_| options.allowed_headers.iter().any(|name| name == "*")) {
        Some(asked) => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        None => set_list(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &options.allowed_headers),
    }
    if options.max_age > 0 {
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(options.max_age));
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

fn add_shared(headers: &mut HeaderMap, options: &CorsOptions, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if options.allow_credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

fn set_list(headers: &mut HeaderMap, name: HeaderName, list: &[String]) {
    if let Ok(value) = HeaderValue::from_str(&list.join(", "))
        && !list.is_empty()
    {
        headers.insert(name, value);
    }
}
