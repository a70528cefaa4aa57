//! `session.whoami.tokenizer`: how a session becomes a token (contract §5.7).

use std::time::Duration;

use serde_json::{Map, Value};
use shared_types::{secret::Secret, time::GoDuration};

use super::read::Reader;
use crate::{model::word::words, source};

words! {
    /// What the subject of a token is.
    SubjectSource {
        /// The identity's id.
        Id = "id",
        /// The id administrators gave it.
        ExternalId = "external_id",
    }
}

/// One template.
#[derive(Debug, Clone)]
pub(crate) struct TokenizerTemplate {
    pub(crate) name: String,
    /// How long a token lives.
    pub(crate) ttl: Duration,
    /// A snippet of Jsonnet that makes the claims.
    pub(crate) claims_mapper_url: Option<String>,
    /// The key that signs; the URL may hold it.
    pub(crate) jwks_url: Secret<String>,
    pub(crate) subject_source: SubjectSource,
}

const PATH: &str = "session.whoami.tokenizer.templates";
const KEYS: &[&str] = &["ttl", "claims_mapper_url", "jwks_url", "subject_source"];

/// Reads the templates.
pub(super) fn read(r: &Reader<'_>) -> Vec<TokenizerTemplate> {
    match r.get(PATH) {
        None => Vec::new(),
        Some(Value::Object(templates)) => {
            templates.iter().filter_map(|(name, template)| one(r, name, template)).collect()
        }
        Some(_) => {
            r.problem(PATH, "must be an object of templates");
            Vec::new()
        }
    }
}

fn one(r: &Reader<'_>, name: &str, template: &Value) -> Option<TokenizerTemplate> {
    let path = format!("{PATH}.{name}");
    let Value::Object(template) = template else {
        r.problem(&path, "must be an object");
        return None;
    };
    for unknown in template.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        r.problem(&format!("{path}.{unknown}"), "is not a key of this configuration");
    }
    let ttl = text(r, &path, template, "ttl").map_or(Some(Duration::from_mins(1)), |text| ttl(r, &path, text));
    let subject_source = match text(r, &path, template, "subject_source") {
        None => Some(SubjectSource::Id),
        Some(text) => SubjectSource::ALL.iter().copied().find(|word| word.as_str() == text).or_else(|| {
            r.problem(&format!("{path}.subject_source"), "must be \"id\" or \"external_id\"");
            None
        }),
    };
    let Some(jwks_url) = text(r, &path, template, "jwks_url") else {
        r.problem(&format!("{path}.jwks_url"), "is required, e.g. file:///etc/portico/tokenizer.jwks.json");
        return None;
    };
    if !source::is_local(jwks_url) {
        r.problem(&format!("{path}.jwks_url"), "must start with file:// or base64://: private keys are not fetched");
    }
    Some(TokenizerTemplate {
        name: name.to_owned(),
        ttl: ttl?,
        claims_mapper_url: text(r, &path, template, "claims_mapper_url").map(str::to_owned),
        jwks_url: Secret::new(jwks_url.to_owned()),
        subject_source: subject_source?,
    })
}

fn ttl(r: &Reader<'_>, path: &str, text: &str) -> Option<Duration> {
    let path = format!("{path}.ttl");
    match text.parse::<GoDuration>() {
        Ok(ttl) if ttl.std() < Duration::from_secs(1) => r.problem(&path, "must be a second at least"),
        Ok(ttl) => return Some(ttl.std()),
        Err(error) => r.problem(&path, error),
    }
    None
}

fn text<'a>(r: &Reader<'_>, path: &str, template: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    match template.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Some(_) => {
            r.problem(&format!("{path}.{key}"), "must be a text");
            None
        }
    }
}
