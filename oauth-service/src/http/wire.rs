//! JSON bodies in; ids as parts of a path, and clients with what is shown of them once, out.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::Url;

use crate::{app::Cx, client::Written, config::below, http::error::ApiError, model::client::Client};

/// The body as JSON.
pub(crate) fn json_of(bytes: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| ApiError::Invalid(format!("The body is not JSON: {error}.")))
}

/// An id as one segment of a path.
pub(crate) fn segment(id: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(id, PLAIN).to_string()
}

/// Where a client manages its registration (RFC 7592 2).
pub(crate) fn registration_uri(cx: &Cx, client: &Client) -> Url {
    below(&cx.config.urls.public, &format!("oauth2/register/{}", segment(client.id.as_str())))
}

/// The client, with what is shown once.
pub(crate) fn registered(cx: &Cx, written: &Written) -> Value {
    let mut body = written.client.to_json();
    if let Value::Object(members) = &mut body {
        if let Some(secret) = &written.secret {
            members.insert("client_secret".to_owned(), json!(secret.expose()));
        }
        if let Some(token) = &written.registration_token {
            members.insert("registration_access_token".to_owned(), json!(token.expose()));
            members.insert("registration_client_uri".to_owned(), json!(registration_uri(cx, &written.client)));
        }
    }
    body
}
