//! The notation of the tables that the OpenAPI documents of both services are made of. A shape is a word (`text`, `int`, `bool`, `time`, `uuid`, `bytes`, `any`, `object`), a
//! reference (`@session`), a list (`[text]`), a map (`map text`), a choice (`in 'a','b'`) or an object
//! (`{ id!: uuid; name: text }`, where `!` marks what is required). `?` after a shape: it may be null.

use serde_json::{Map, Value, json};

/// A named part of an object or of a query.
#[derive(Debug)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Marked by `!`.
    pub required: bool,
    /// As JSON schema. `None` when the notation is wrong, which a test excludes.
    pub shape: Option<Value>,
}

/// The fields of a list such as `id!: uuid; name: text`.
#[must_use]
pub fn fields(text: &str) -> Vec<Field<'_>> {
    let mut depth = 0_usize;
    // What stands in the braces of a member is that member's.
    let parts = text.split(move |character| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ';' && depth == 0
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, kind) = part.split_once(':').unwrap_or((part, ""));
            let required = name.ends_with('!');
            Field { name: name.trim_end_matches('!').trim(), required, shape: shape(kind, &|_| None) }
        })
        .collect()
}

/// A shape as JSON schema; members get the description `about` has for their name.
#[must_use]
pub fn shape(text: &str, about: &dyn Fn(&str) -> Option<&'static str>) -> Option<Value> {
    let text = text.trim();
    if let Some(text) = text.strip_suffix('?') {
        return nullable(shape(text, about)?);
    }
    if let Some(body) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return object(body, about);
    }
    if let Some(item) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Some(json!({ "type": "array", "items": shape(item, about)? }));
    }
    if let Some(value) = text.strip_prefix("map ") {
        return Some(json!({ "type": "object", "additionalProperties": shape(value, about)? }));
    }
    if let Some(words) = text.strip_prefix("in ") {
        let words: Option<Vec<&str>> =
            words.split(',').map(|word| word.trim().strip_prefix('\'')?.strip_suffix('\'')).collect();
        return Some(json!({ "type": "string", "enum": words? }));
    }
    if let Some(name) = text.strip_prefix('@') {
        return Some(reference(name));
    }
    Some(match text {
        "text" | "html" | "plain" | "script" => json!({ "type": "string" }),
        "int" => json!({ "type": "integer", "format": "int64" }),
        "bool" => json!({ "type": "boolean" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "uuid" => json!({ "type": "string", "format": "uuid" }),
        "bytes" => json!({ "type": "string", "format": "byte" }),
        "object" => json!({ "type": "object" }),
        "any" => json!({}),
        _ => return None,
    })
}

/// Points to a schema.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn nullable(shape: Value) -> Option<Value> {
    let mut shape = if shape.get("$ref").is_some() { json!({ "allOf": [shape] }) } else { shape };
    shape.as_object_mut()?.insert("nullable".to_owned(), Value::Bool(true));
    Some(shape)
}

fn object(body: &str, about: &dyn Fn(&str) -> Option<&'static str>) -> Option<Value> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields(body) {
        let mut shape = field.shape?;
        if let Some(words) = about(field.name) {
            // Beside a reference nothing else is read.
            if shape.get("$ref").is_some() {
                shape = json!({ "allOf": [shape] });
            }
            shape.as_object_mut()?.insert("description".to_owned(), json!(words));
        }
        if field.required {
            required.push(field.name);
        }
        properties.insert(field.name.to_owned(), shape);
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object.as_object_mut()?.insert("required".to_owned(), json!(required));
    }
    Some(object)
}

#[cfg(test)]
mod tests;
