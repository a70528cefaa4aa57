//! Bodies (contract §0.5): flows take forms and JSON and see one nested JSON object; the admin API takes JSON.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header::CONTENT_TYPE, web};
use serde_json::{Map, Value};

use super::{multipart, query::Query};
use crate::http::error::ApiError;

/// No body is larger.
pub(crate) const MAX_BYTES: usize = 5 << 20;
/// No dotted name goes deeper, and no list in a form is longer.
const MAX_DEPTH: usize = 16;
const MAX_ITEMS: usize = 1000;
/// So many places in lists may one body ask for by their numbers; each costs a few letters, and room for all before it.
pub(crate) const MAX_PLACES: usize = 10_000;

/// The body of a flow submission as a nested object.
#[derive(Debug)]
pub(crate) struct FlowBody {
    pub(crate) value: Value,
    /// It came as a form, in which every value is a text.
    pub(crate) form: bool,
}

impl FromRequest for FlowBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.content_type().to_ascii_lowercase();
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = read(request, payload);
        Box::pin(async move { Self::of(&kind, &content_type, &bytes.await?) })
    }
}

impl FlowBody {
    /// The object of a body; `kind` is its content type without parameters.
    pub(crate) fn of(kind: &str, content_type: &str, bytes: &[u8]) -> Result<Self, ApiError> {
        match kind {
            _ if bytes.is_empty() => Err(ApiError::bad_request("The request has no body.")),
            "application/json" => json(bytes),
            "application/x-www-form-urlencoded" => {
                let pairs = serde_urlencoded::from_bytes::<Vec<(String, String)>>(bytes);
                let pairs = pairs.map_err(|_| ApiError::bad_request("The body is not a form in UTF-8."))?;
                nested(pairs).map(|value| Self { value, form: true })
            }
            "multipart/form-data" => {
                let pairs = multipart::pairs(content_type, bytes).map_err(ApiError::bad_request)?;
                nested(pairs).map(|value| Self { value, form: true })
            }
            _ => Err(ApiError::bad_request(
                "The body must be application/x-www-form-urlencoded, multipart/form-data or application/json.",
            )),
        }
    }
}

/// What a link may say in its query in the place of a form. A password or a code is not among it: addresses are logged and kept.
const LINKED: [&str; 3] = ["csrf_token", "method", "provider"];

impl FlowBody {
    /// The body a link to a flow stands for: it names the provider to go to.
    pub(crate) fn of_link(query: &Query) -> Result<Self, ApiError> {
        let says = |name: &str| {
            LINKED.contains(&name) || name.starts_with("traits.") || name.starts_with("transient_payload.")
        };
        nested(query.pairs(says)).map(|value| Self { value, form: true })
    }
}

fn json(bytes: &[u8]) -> Result<FlowBody, ApiError> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| ApiError::bad_request(format!("The body is not JSON: {error}.")))?;
    let Value::Object(map) = value else {
        return Err(ApiError::bad_request("The body must be a JSON object."));
    };
    // Dotted names work in JSON too, next to nested objects.
    let mut tree = Tree::default();
    for (name, value) in map {
        tree.put(&name, value)?;
    }
    Ok(FlowBody { value: tree.root, form: false })
}

/// Pairs of a form as a nested object. Of a name sent twice the last value counts: that is how checkboxes with a hidden
/// twin work.
fn nested(pairs: Vec<(String, String)>) -> Result<Value, ApiError> {
    let mut tree = Tree::default();
    for (name, value) in pairs {
        tree.put(&name, Value::String(value))?;
    }
    Ok(tree.root)
}

/// An object that grows.
struct Tree {
    root: Value,
    /// Places in lists that may still be made.
    places: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Self { root: Value::Object(Map::new()), places: MAX_PLACES }
    }
}

impl Tree {
    /// Puts a value at a dotted name; a number after the first part is a place in a list.
    fn put(&mut self, name: &str, value: Value) -> Result<(), ApiError> {
        let malformed = || ApiError::bad_request(format!("The body has a field of an impossible name: {name:?}."));
        // Only traits and the transient payload are nested; other names are taken as they are.
        let nests = name.starts_with("traits.") || name.starts_with("transient_payload.");
        let parts: Vec<&str> = if nests { name.split('.').collect() } else { vec![name] };
        if parts.len() > MAX_DEPTH || parts.iter().any(|part| part.is_empty()) {
            return Err(malformed());
        }
        let mut slot = &mut self.root;
        for part in parts {
            let place = part.parse::<usize>().ok().filter(|_| slot.is_array() || slot.is_null());
            slot = if let Some(index) = place {
                list_slot(slot, index, &mut self.places).ok_or_else(malformed)?
            } else {
                if slot.is_null() {
                    *slot = Value::Object(Map::new());
                }
                slot.as_object_mut().ok_or_else(malformed)?.entry(part).or_insert(Value::Null)
            };
        }
        merge(slot, value);
        Ok(())
    }
}

fn list_slot<'a>(slot: &'a mut Value, index: usize, places: &mut usize) -> Option<&'a mut Value> {
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    let items = slot.as_array_mut()?;
    let missing = (index + 1).saturating_sub(items.len());
    if index >= MAX_ITEMS || missing > *places {
        return None;
    }
    *places -= missing;
    items.extend(std::iter::repeat_n(Value::Null, missing));
    items.get_mut(index)
}

/// Nested objects join what dotted names have put there; everything else replaces it.
fn merge(slot: &mut Value, value: Value) {
    match (slot, value) {
        (Value::Object(known), Value::Object(given)) => {
            for (name, value) in given {
                merge(known.entry(name).or_insert(Value::Null), value);
            }
        }
        (slot, value) => *slot = value,
    }
}

/// The body of an admin request: any JSON, whatever its declared type.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Value);

impl FromRequest for JsonBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            let value = serde_json::from_slice(&bytes)
                .map_err(|error| ApiError::bad_request(format!("The body is not JSON: {error}.")))?;
            Ok(Self(value))
        })
    }
}

impl JsonBody {
    /// The body as a type of its own; the error names the field.
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(self) -> Result<T, ApiError> {
        serde_json::from_value(self.0)
            .map_err(|error| ApiError::bad_request(format!("The body cannot be used: {error}.")))
    }
}

/// The whole body, up to the limit.
fn read(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<web::Bytes, ApiError>> + 'static {
    let bytes = web::Bytes::from_request(request, payload);
    async move {
        bytes.await.map_err(|error| {
            if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::too_large()
            } else {
                ApiError::bad_request("The body could not be read.")
            }
        })
    }
}

#[cfg(test)]
mod tests;
