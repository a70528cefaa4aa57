//! How a request is refused: RFC 6750 section 3, and RFC 9470 section 3 for a login that is too weak or too old.

use axum::{
    Json,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No credentials came: the answer names the scheme and no error.
    NoToken,
    Invalid(&'static str),
    NotPermitted(&'static str),
    SignInAgain {
        acr: &'static str,
        max_age: u64,
    },
    /// The issuer's keys have not been had yet; nobody can be let in, and nobody is to blame.
    NoKeys,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let bearer = |status, error: &str, told: &str, more: &str| {
            let challenge =
                format!("Bearer realm=\"partner-api\", error=\"{error}\", error_description=\"{told}\"{more}");
            answer(status, Some(challenge), error)
        };
        match self {
            Self::NoToken => {
                answer(StatusCode::UNAUTHORIZED, Some("Bearer realm=\"partner-api\"".to_owned()), "unauthorized")
            }
            Self::Invalid(told) => bearer(StatusCode::UNAUTHORIZED, "invalid_token", told, ""),
            Self::NotPermitted(name) => {
                bearer(StatusCode::FORBIDDEN, "insufficient_scope", &format!("The permission {name} is needed."), "")
            }
            Self::SignInAgain { acr, max_age } => bearer(
                StatusCode::UNAUTHORIZED,
                "insufficient_user_authentication",
                "A fresher or stronger login is needed.",
                &format!(", acr_values=\"{acr}\", max_age=\"{max_age}\""),
            ),
            Self::NoKeys => answer(StatusCode::SERVICE_UNAVAILABLE, None, "temporarily_unavailable"),
        }
    }
}

fn answer(status: StatusCode, challenge: Option<String>, error: &str) -> Response {
    let mut response = (status, [(CACHE_CONTROL, "no-store")], Json(json!({ "error": error }))).into_response();
    if let Some(value) = challenge.and_then(|text| text.parse().ok()) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}
