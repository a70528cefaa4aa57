//! `GET|POST /userinfo` (OpenID Connect Core 5.3; contract 6.3).

use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::{Method, header},
    web,
};
use serde_json::Value;
use shared_types::id::TokenId;

use super::token::{authorization, is_form, with_nonce};
use crate::{
    app::Cx,
    client::{
        self,
        encrypt::{Registered, encrypted},
    },
    http::{
        cors,
        error::ApiError,
        extract::{Body, Ctx, proven},
    },
    key::KeySet,
    model::{client::Client, token::Confirmation},
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
    token::{binding, claims::person, introspect, open_session},
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.service(web::resource("/userinfo").route(web::get().to(endpoint)).route(web::post().to(endpoint)));
}

/// Why the claims are withheld (RFC 6750 3.1).
enum Refusal {
    /// No token came.
    Missing,
    /// A token came in more than one way.
    Malformed,
    /// The token is not good.
    Token(OAuthError),
    /// The proof beside it is not good.
    Proof(OAuthError),
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
        Ok(response) => with_nonce(&cx, &request, response),
        Err(refusal) => with_nonce(&cx, &request, refuse(refusal)),
    }
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<HttpResponse, Refusal> {
    let Shown { token: text, by_proof } = shown(cx, request, body)?;
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
    held(cx, request, &session.terms.cnf, by_proof.then_some(text.as_str())).await?;
    let login = session.login.as_ref().ok_or(Refusal::Scope)?;
    let client = client::find(cx, token.granted.client_id.as_str()).await?.ok_or_else(unauthorized)?;
    cors::remember(request, &client);
    let mut claims = person(&cx.config.urls.issuer, cx.now, client.id.as_str(), login, &session);
    let (alg, registered) = (Alg::parse(&client.userinfo_signed_response_alg), encryption(&client));
    let text = match alg {
        Some(alg) => {
            claims.insert("jti".to_owned(), Value::String(TokenId::random(&*cx.entropy).text()));
            cx.keys.signer(cx, KeySet::IdToken, alg).await.map_err(OAuthError::from)?.sign(&claims, "JWT")?
        }
        None if registered.alg.is_empty() => {
            return Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(claims));
        }
        None => Value::Object(claims).to_string(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/jwt")
        .body(encrypted(cx, &client, text, registered).await?))
}

/// OpenID Connect Core 5.3.2: signed, encrypted, both or neither, as registered.
fn encryption(client: &Client) -> Registered<'_> {
    Registered { alg: &client.userinfo_encrypted_response_alg, enc: &client.userinfo_encrypted_response_enc }
}

/// A token as it was presented.
struct Shown {
    token: String,
    /// By the scheme `DPoP`, with a proof beside it.
    by_proof: bool,
}

/// The token (RFC 6750 2, RFC 9449 7.1): by the header, by a form that is posted, or by the query, and by one of them alone.
fn shown(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<Shown, Refusal> {
    let by_header = authorization(request).and_then(|value| value.split_once(' ')).and_then(|(scheme, token)| {
        let by_proof = scheme.eq_ignore_ascii_case("dpop");
        let known = by_proof || scheme.eq_ignore_ascii_case("bearer");
        known.then(|| Shown { token: token.trim().to_owned(), by_proof })
    });
    let posted = if request.method() == Method::POST && is_form(request) { body } else { &[] };
    let query = if cx.config.oauth2.profile.takes_tokens_from_addresses() { request.query_string() } else { "" };
    let params = Params::parse(query).and_body(posted);
    let plain = params.all("access_token").map(|token| Shown { token: token.to_owned(), by_proof: false });
    let mut ways = by_header.into_iter().chain(plain);
    match (ways.next(), ways.next()) {
        (None, _) => Err(Refusal::Missing),
        (Some(only), None) => Ok(only),
        // RFC 6750 3.1: "uses more than one method for including an access token".
        (Some(_), Some(_)) => Err(Refusal::Malformed),
    }
}

/// A bound token is good in the hands of its client alone (RFC 9449 7.1, RFC 8705 3). `with_proof` is the token, if it came by the
/// scheme `DPoP`.
async fn held(cx: &Cx, request: &HttpRequest, bound: &Confirmation, with_proof: Option<&str>) -> Result<(), Refusal> {
    let refused = |why: &'static str| Refusal::Token(OAuthError::new(OAuthCode::InvalidToken).because(why));
    if bound.jkt.is_some() != with_proof.is_some() {
        return Err(refused("A token that is bound to a key comes by the scheme DPoP, and no other does."));
    }
    if bound.is_empty() {
        return Ok(());
    }
    let names = ("userinfo", cx.config.discovery.userinfo_url.as_deref());
    let proven = proven(request, cx, names, with_proof).await.map_err(Refusal::Proof)?;
    if binding::is_held(bound, &proven) { Ok(()) } else { Err(refused("The token is bound to another key.")) }
}

fn refuse(refusal: Refusal) -> HttpResponse {
    let (error, challenge) = match refusal {
        // RFC 6750 3.1: no error code where no token came.
        Refusal::Missing => {
            let error = OAuthError::new(OAuthCode::RequestUnauthorized).because("The access token is missing.");
            (error, Some("Bearer".to_owned()))
        }
        Refusal::Malformed => {
            let error =
                OAuthError::new(OAuthCode::InvalidRequest).because("The access token comes in more than one way.");
            (error, Some("Bearer error=\"invalid_request\"".to_owned()))
        }
        Refusal::Token(error) => {
            let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{}\"", error.description());
            (error, Some(challenge))
        }
        Refusal::Proof(error) => {
            let challenge = format!(
                "DPoP error=\"{}\", error_description=\"{}\", algs=\"{}\"",
                error.code.as_str(),
                error.description(),
                Alg::accepted().join(" ")
            );
            (OAuthError { code: OAuthCode::RequestUnauthorized, ..error }, Some(challenge))
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
