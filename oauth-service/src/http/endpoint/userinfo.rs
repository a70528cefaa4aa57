//! `GET|POST /userinfo` (OpenID Connect Core 5.3; contract 6.3).

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};
use serde_json::Value;
use shared_types::id::TokenId;

use super::token::authorization;
use crate::{
    app::Cx,
    client,
    http::{
        cors,
        error::ApiError,
        extract::{Body, Ctx},
    },
    key::KeySet,
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
    token::{
        claims::{Frame, person},
        introspect, open_session,
    },
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(web::resource("/userinfo").route(web::get().to(endpoint)).route(web::post().to(endpoint)));
}

/// Why the claims are withheld (RFC 6750 3.1).
enum Refusal {
    /// No token came.
    Missing,
    /// The token is not good.
    Token(OAuthError),
    /// The token is good, but not for this.
    Scope,
    /// This server failed.
    Fault(OAuthError),
}

impl From<shared_types::db::Error> for Refusal {
    fn from(error: shared_types::db::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Fault(error)
    }
}

async fn endpoint(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    match run(&cx, &request, &body).await {
        Ok(response) => response,
        Err(refusal) => refuse(refusal),
    }
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<HttpResponse, Refusal> {
    let text = bearer(request, body).ok_or(Refusal::Missing)?;
    let unauthorized = || {
        Refusal::Token(
            OAuthError::new(OAuthCode::RequestUnauthorized).because("The access token is unknown, expired or revoked."),
        )
    };
    let token =
        introspect::find_access(cx, &text).await?.filter(|token| token.expires_at > cx.now).ok_or_else(unauthorized)?;
    // OpenID Connect Core 5.3.1: the token comes of an OpenID Connect authentication.
    if !scope::is_openid(&token.granted.scope) {
        return Err(Refusal::Scope);
    }
    let session = open_session(cx, &token.granted.session)?;
    let login = session.login.as_ref().ok_or(Refusal::Scope)?;
    let client = client::find(cx, token.granted.client_id.as_str()).await?.ok_or_else(unauthorized)?;
    cors::remember(request, &client);
    let jti = TokenId::random(&*cx.entropy).text();
    let frame = Frame { issuer: &cx.config.urls.issuer, jti: &jti, now: cx.now, ends: token.expires_at };
    let mut claims = person(frame, client.id.as_str(), login, &session);
    let Some(alg) = Alg::parse(&client.userinfo_signed_response_alg) else {
        return Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(claims));
    };
    claims.insert("jti".to_owned(), Value::String(jti.clone()));
    let signed = cx.keys.signer(cx, KeySet::IdToken, alg).await.map_err(OAuthError::from)?.sign(&claims, "JWT")?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/jwt")
        .body(signed))
}

/// The token (RFC 6750 2): header, form or query, in this order.
fn bearer(request: &HttpRequest, body: &[u8]) -> Option<String> {
    if let Some((scheme, token)) = authorization(request).and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(token.trim().to_owned());
    }
    let params = Params::parse(request.query_string()).and_body(body);
    params.get("access_token").map(str::to_owned)
}

fn refuse(refusal: Refusal) -> HttpResponse {
    let (error, challenge) = match refusal {
        // RFC 6750 3.1: no error code where no token came.
        Refusal::Missing => {
            let error = OAuthError::new(OAuthCode::RequestUnauthorized).because("The access token is missing.");
            (error, Some("Bearer".to_owned()))
        }
        Refusal::Token(error) => {
            let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{}\"", error.description());
            (error, Some(challenge))
        }
        Refusal::Scope => {
            let error = OAuthError::new(OAuthCode::RequestForbidden)
                .because("The access token was not granted the scope openid.");
            (error, Some("Bearer error=\"insufficient_scope\", scope=\"openid\"".to_owned()))
        }
        Refusal::Fault(error) => (error, None),
    };
    let mut response = ApiError::from(error).error_response();
    if let Some(value) = challenge.and_then(|text| header::HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
