//! What the login, consent and logout handlers of the admin API have in common: the challenge in the query, a JSON body that may leave
//! fields out, and the answers a page can get.

use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{
    challenge::ChallengeError,
    http::error::ApiError,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// The challenge under `name`, or under the older name `challenge`.
pub(super) fn challenge(request: &HttpRequest, name: &str) -> Result<String, ChallengeError> {
    let params = Params::parse(request.query_string());
    let found = params.get(name).or_else(|| params.get("challenge"));
    found.map(str::to_owned).ok_or_else(|| ChallengeError::missing(name))
}

/// A JSON object. Unknown members are ignored, and a `null` counts as left out; where nothing is required, so may the body be.
pub(super) fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ChallengeError> {
    let invalid = |error: serde_json::Error| {
        OAuthError::new(OAuthCode::InvalidRequest).because(format!("The body cannot be read: {error}."))
    };
    let mut members: Map<String, Value> =
        if bytes.is_empty() { Map::new() } else { serde_json::from_slice(bytes).map_err(invalid)? };
    members.retain(|_, value| !value.is_null());
    Ok(serde_json::from_value(Value::Object(members)).map_err(invalid)?)
}

/// An answer, or what is wrong with the challenge.
pub(super) fn respond(result: Result<HttpResponse, ChallengeError>) -> Result<HttpResponse, ApiError> {
    match result {
        Ok(response) => Ok(response),
        // Pages look for this: the person is better off starting over than looking at an error.
        Err(ChallengeError::Used { redirect_to }) => {
            Ok(HttpResponse::Gone().json(json!({ "redirect_to": redirect_to })))
        }
        Err(ChallengeError::Limited(wait)) => Err(ApiError::Limited(wait)),
        Err(ChallengeError::Refused(error)) => Err(error.into()),
    }
}
