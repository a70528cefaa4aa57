use serde_json::json;

use super::*;
use crate::config::Config;

async fn load(templates: Value) -> Result<Tokenizers, Problems> {
    let config = json!({"dsn": "memory", "session": {"whoami": {"tokenizer": {"templates": templates}}}});
    let config = Config::from_value(config)?;
    let http = HttpClient::trusted().unwrap();
    Tokenizers::load(&config.session.tokenizers, &http, chrono::DateTime::UNIX_EPOCH).await
}

async fn refused(templates: Value) -> String {
    load(templates).await.err().expect("something is wrong with it").to_string()
}

/// `{"keys": []}` and `local`.
const NO_KEYS: &str = "base64://eyJrZXlzIjogW119";
const NO_SNIPPET: &str = "base64://bG9jYWw=";

#[tokio::test]
async fn every_problem_is_told_at_once() {
    let said = refused(json!({
        "a": {"jwks_url": "https://example.org/keys", "ttl": "soon", "subject_source": "email", "typo": 1},
        "b": {"ttl": "0s", "jwks_url": 5},
        "c": "text",
        "d": {"jwks_url": NO_KEYS, "ttl": "500ms"},
    }))
    .await;
    for named in [
        "templates.a.jwks_url: must start with file:// or base64://",
        "templates.a.ttl",
        "templates.a.subject_source",
        "templates.a.typo",
        "templates.b.ttl",
        "templates.b.jwks_url: must be a text",
        "templates.b.jwks_url: is required",
        "templates.c: must be an object",
        "templates.d.ttl: must be a second at least",
    ] {
        assert!(said.contains(named), "{named} is not among: {said}");
    }
    assert!(refused(json!("text")).await.contains("must be an object of templates"));
}

#[tokio::test]
async fn keys_and_mappers_are_looked_at_before_anybody_needs_them() {
    let said = refused(json!({
        "a": {"jwks_url": NO_KEYS, "claims_mapper_url": NO_SNIPPET},
        "b": {"jwks_url": "file:///no/such/file", "claims_mapper_url": "file:///no/such/mapper"},
        "c": {"jwks_url": NO_KEYS, "claims_mapper_url": "mapper.jsonnet"},
    }))
    .await;
    for named in [
        "templates.a.jwks_url: base64://..: there is no key in it",
        "templates.a.claims_mapper_url: base64://..:1:6: the end stands where",
        "templates.b.jwks_url: No such file",
        "templates.b.claims_mapper_url: No such file",
        "templates.c.claims_mapper_url: must start with",
    ] {
        assert!(said.contains(named), "{named} is not among: {said}");
    }
}
