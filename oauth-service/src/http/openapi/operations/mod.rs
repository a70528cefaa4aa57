//! The operations of both ports, by area.

mod clients;
mod glossary;
mod keys;
mod pages;
mod public;
mod requests;

use serde_json::{Map, Value, json};
use shared_types::openapi::{self, fields, reference};

/// One operation.
pub(super) struct Operation {
    pub(super) id: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) tag: &'static str,
    pub(super) about: &'static str,
    /// Parameters of the query, in the notation.
    pub(super) query: &'static str,
    /// The schema of a JSON body; empty for none.
    pub(super) body: &'static str,
    /// The fields of a form body, in the notation; empty for none.
    pub(super) form: &'static str,
    /// Each answer: its status, and what it holds.
    pub(super) answers: &'static str,
    /// Who may call, beside everybody: `bearer` or `basic`.
    pub(super) who: &'static str,
}

impl Operation {
    /// What an operation has not.
    const NONE: Self = Self {
        id: "",
        method: "",
        path: "",
        tag: "oAuth2",
        about: "",
        query: "",
        body: "",
        form: "",
        answers: "",
        who: "",
    };

    /// As the document has it.
    pub(super) fn describe(&self) -> Value {
        let mut map = Map::new();
        map.insert("operationId".to_owned(), json!(self.id));
        map.insert("tags".to_owned(), json!([self.tag]));
        map.insert("summary".to_owned(), json!(self.about));
        let parameters = self.parameters();
        if !parameters.is_empty() {
            map.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if !self.body.is_empty() {
            let content = json!({ "application/json": { "schema": reference(self.body) } });
            map.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        if !self.form.is_empty() {
            let schema = openapi::shape(&format!("{{ {} }}", self.form), &|_| None).unwrap_or_default();
            let content = json!({ "application/x-www-form-urlencoded": { "schema": schema } });
            map.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        map.insert("responses".to_owned(), self.responses());
        if self.path.starts_with("/admin/") {
            map.insert("security".to_owned(), json!([{ "adminKey": [] }]));
        } else if !self.who.is_empty() {
            // Clients without a secret name themselves in the form.
            map.insert("security".to_owned(), json!([{ self.who: [] }, {}]));
        }
        Value::Object(map)
    }

    fn parameters(&self) -> Vec<Value> {
        let named = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let path = named.map(|name| parameter("path", name, true, &json!({ "type": "string" })));
        let query = fields(self.query)
            .into_iter()
            .map(|field| parameter("query", field.name, field.required, &field.shape.unwrap_or_default()));
        path.chain(query).collect()
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        for (status, content) in answers(self.answers) {
            let mut response = Map::new();
            response.insert("description".to_owned(), json!(said(status)));
            if let Some(shape) = openapi::shape(content, &|_| None) {
                response.insert("content".to_owned(), json!({ media(content): { "schema": shape } }));
            }
            if self.query.contains("page_token") {
                let about = "Where the first and the next page are (RFC 8288).";
                let link = json!({ "Link": { "description": about, "schema": { "type": "string" } } });
                response.insert("headers".to_owned(), link);
            }
            responses.insert(status.to_owned(), Value::Object(response));
        }
        if self.tag != "pages" {
            let error = json!({ "application/json": { "schema": reference("errorOAuth2") } });
            responses.insert("default".to_owned(), json!({ "description": "What went wrong.", "content": error }));
        }
        Value::Object(responses)
    }

    /// Whether its notation can be read.
    #[cfg(test)]
    pub(super) fn is_readable(&self) -> bool {
        let readable = |(_, content): (&str, &str)| content.is_empty() || openapi::shape(content, &|_| None).is_some();
        let known = |text| fields(text).iter().all(|field| field.shape.is_some());
        known(self.query) && known(self.form) && answers(self.answers).all(readable)
    }
}

fn parameter(place: &str, name: &str, required: bool, schema: &Value) -> Value {
    let about = glossary::PARAMETERS.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| *about);
    json!({ "in": place, "name": name, "required": required, "description": about, "schema": schema })
}

/// The answers of a list such as `200 @client; 204`.
fn answers(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = text.split(" | ").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.split_once(' ').unwrap_or((part, "")))
}

fn media(content: &str) -> &'static str {
    match content {
        "html" => "text/html",
        "plain" => "text/plain",
        _ => "application/json",
    }
}

/// What a status means here.
fn said(status: &str) -> &'static str {
    match status {
        "200" => "Done.",
        "201" => "Made.",
        "204" => "Done; there is nothing to say.",
        "302" | "303" => "The browser goes on elsewhere.",
        "400" => "Something has to be mended first.",
        "401" => "Nobody has proven who he is.",
        "404" => "There is nothing of that kind.",
        "409" => "It collides with something that exists.",
        "410" => "The request is over.",
        "503" => "Not at present.",
        _ => "What went wrong.",
    }
}

/// Every operation.
pub(super) fn all() -> impl Iterator<Item = &'static Operation> {
    let areas: [&'static [Operation]; 5] =
        [clients::OPERATIONS, keys::OPERATIONS, requests::OPERATIONS, public::OPERATIONS, pages::OPERATIONS];
    areas.into_iter().flatten()
}
