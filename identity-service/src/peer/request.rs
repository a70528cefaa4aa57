//! Requests to systems the configuration names: web hooks, courier channels, the password migration hook.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use shared_types::http::client::HttpRequest;

use crate::config::{Authentication, Request};

/// A request as configured, with everything but its body.
pub(crate) fn begun(config: &Request) -> HttpRequest {
    let mut request = HttpRequest::new(config.method.clone(), config.url.clone());
    for (name, value) in &config.headers {
        request = request.header(name, value.expose().clone());
    }
    request = match &config.auth {
        Some(Authentication::Basic { user, password }) => {
            let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
            request.header("authorization", format!("Basic {pair}"))
        }
        Some(Authentication::Header { name, value }) => request.header(name, value.expose().clone()),
        Some(Authentication::Cookie { name, value }) => request.header("cookie", format!("{name}={}", value.expose())),
        None => request,
    };
    if !config.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) && may_have_body(config) {
        request = request.header("content-type", "application/json");
    }
    request
}

/// A request to trace has no body (RFC 9110 §9.3.8).
pub(crate) fn may_have_body(config: &Request) -> bool {
    config.method != "TRACE"
}

/// A body, as JSON or as a form.
pub(crate) fn body(config: &Request, value: &Value) -> Result<Vec<u8>, String> {
    if config.is_form { form(value) } else { Ok(value.to_string().into_bytes()) }
}

/// A body as a form: an object whose values are no objects or lists.
fn form(body: &Value) -> Result<Vec<u8>, String> {
    let field = |(name, value): (&String, &Value)| match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some((name.clone(), text.clone()))),
        Value::Bool(_) | Value::Number(_) => Ok(Some((name.clone(), value.to_string()))),
        Value::Array(_) | Value::Object(_) => Err(format!("{name:?} of the body fits into no form")),
    };
    let Value::Object(map) = body else { return Err("the body is no object".to_owned()) };
    let fields: Vec<(String, String)> =
        map.iter().filter_map(|pair| field(pair).transpose()).collect::<Result<_, _>>()?;
    serde_urlencoded::to_string(fields).map(String::into_bytes).map_err(|error| error.to_string())
}
