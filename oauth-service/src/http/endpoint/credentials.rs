//! `POST /credentials` (contract 6.9): a wallet fetches a credential about the person its token speaks of.

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, http::header, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::token::{authorization, secret, with_nonce};
use crate::{
    app::Cx,
    http::{
        error::ApiError,
        extract::{Body, Ctx, proven},
        wire::json_of,
    },
    model::token::{AccessToken, Session},
    protocol::error::{OAuthCode, OAuthError},
    token::{binding, credential, introspect, open_session},
};

/// Mounts the endpoint.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/credentials", web::post().to(endpoint));
}

/// What a wallet asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    format: String,
    types: Vec<String>,
    proof: Option<Proof>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Proof {
    proof_type: String,
    jwt: String,
}

async fn endpoint(Ctx(cx): Ctx, request: HttpRequest, Body(body): Body) -> HttpResponse {
    let answer = run(&cx, &request, &body).await;
    let mut response = secret(answer.unwrap_or_else(|error| error.error_response()));
    response = with_nonce(&cx, &request, response);
    if response.status() == actix_web::http::StatusCode::UNAUTHORIZED {
        let challenge = header::HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

async fn run(cx: &Cx, request: &HttpRequest, body: &[u8]) -> Result<HttpResponse, ApiError> {
    let (token, session) = token(cx, request).await?;
    if !credential::is_allowed(&token.granted.scope) {
        let why = "The access token was not granted the scopes openid and userinfo_credential_draft_00.";
        return Err(OAuthError::new(OAuthCode::RequestForbidden).because(why).into());
    }
    let wanted: Wanted = serde_json::from_value(json_of(body)?)
        .map_err(|error| ApiError::Invalid(format!("The body cannot be read: {error}.")))?;
    if wanted.format != credential::FORMAT || wanted.types != credential::TYPES {
        return Err(ApiError::Invalid("The only credential is a UserInfoCredential as jwt_vc_json.".to_owned()));
    }
    let Some(proof) = wanted.proof else { return primed(cx, &token, "missing_proof", "The proof is missing.") };
    let key = (proof.proof_type == "jwt").then(|| credential::proven_key(cx, &token, &proof.jwt)).flatten();
    let Some(key) = key else {
        let why = "The proof must be a JWT over the c_nonce, signed with the key in its header.";
        return primed(cx, &token, "invalid_proof", why);
    };
    let nobody = || OAuthError::new(OAuthCode::RequestForbidden).because("The access token speaks of nobody.");
    let login = session.login.as_ref().ok_or_else(nobody)?;
    let made = credential::issue(cx, login, &session, &key).await?;
    Ok(HttpResponse::Ok().json(json!({ "format": credential::FORMAT, "credential_draft_00": made })))
}

/// The access token of the request, if it is good, in these hands.
async fn token(cx: &Cx, request: &HttpRequest) -> Result<(AccessToken, Session), OAuthError> {
    let unauthorized =
        || OAuthError::new(OAuthCode::RequestUnauthorized).because("The access token is missing, expired or revoked.");
    let (scheme, text) = authorization(request).and_then(|value| value.split_once(' ')).ok_or_else(unauthorized)?;
    let (text, by_proof) = (text.trim(), scheme.eq_ignore_ascii_case("dpop"));
    if !by_proof && !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized());
    }
    let found = introspect::find_access(cx, text).await?;
    let token = found.filter(|token| token.expires_at > cx.now).ok_or_else(unauthorized)?;
    let session = open_session(cx, &token.granted.session)?;
    let bound = &session.terms.cnf;
    // RFC 9449 7.1, RFC 8705 3: a bound token is good in the hands of its client alone, and by its scheme alone.
    let held = bound.jkt.is_some() == by_proof
        && (bound.is_empty()
            || binding::is_held(bound, &proven(request, cx, ("credentials", None), by_proof.then_some(text)).await?));
    if !held {
        return Err(OAuthError::new(OAuthCode::InvalidToken).because("The token is bound to another key."));
    }
    Ok((token, session))
}

/// A refusal with what the next proof has to hold.
fn primed(cx: &Cx, token: &AccessToken, error: &str, why: &str) -> Result<HttpResponse, ApiError> {
    let body: Value = json!({
        "error": error,
        "error_description": why,
        "format": "jwt_vc",
        "c_nonce": credential::nonce(cx, token)?,
        "c_nonce_expires_in": credential::NONCE_LIFETIME,
    });
    Ok(HttpResponse::BadRequest().json(body))
}
