use serde_json::json;

use super::*;
use crate::config::Config;

/// A hook as the configuration has it.
fn hook(auth: &serde_json::Value) -> Hook {
    let hook = json!({ "url": "https://identity.example/hook", "auth": auth });
    let config = json!({ "dsn": "memory", "dev": true, "oauth2": { "token_hook": hook } });
    Config::from_value(config).unwrap().oauth2.token_hook.unwrap()
}

fn reply(status: u16, body: &str) -> HttpReply {
    HttpReply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn a_key_goes_into_a_header_or_a_cookie() {
    let auth =
        |place: &str| json!({ "type": "api_key", "config": { "in": place, "name": "X-Key", "value": "s3cret" } });
    let header = |hook: &Hook, name: &str| {
        let request = request(hook, &json!({})).unwrap();
        request.headers.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    assert_eq!(header(&hook(&auth("header")), "X-Key").as_deref(), Some("s3cret"));
    assert_eq!(header(&hook(&auth("cookie")), "cookie").as_deref(), Some("X-Key=s3cret"));
    assert_eq!(header(&hook(&json!(null)), "cookie"), None);
}

#[test]
fn only_passing_failures_are_tried_again() {
    assert!(may_pass(&Ok(reply(503, ""))));
    assert!(may_pass(&Ok(reply(429, ""))));
    assert!(may_pass(&Err(HttpError::Timeout("x".into()))));
    assert!(!may_pass(&Ok(reply(200, ""))));
    assert!(!may_pass(&Ok(reply(403, ""))));
    assert!(!may_pass(&Err(HttpError::Refused("10.0.0.1".into()))));
}

#[test]
fn an_answer_replaces_both_maps() {
    let session = decoded(&reply(200, r#"{"session":{"access_token":{"role":"a"},"id_token":null}}"#)).unwrap();
    assert_eq!(session.access_token["role"], "a");
    assert!(session.id_token.is_empty());
    for unreadable in ["nonsense", "", "[]", "null", r#"{"session":[]}"#, r#"{"session":{"id_token":7}}"#] {
        assert_eq!(decoded(&reply(200, unreadable)).unwrap_err().code, OAuthCode::ServerError, "{unreadable}");
    }
}

#[test]
fn an_id_stays_one_segment() {
    let provider = |url: &str| IdentityProvider {
        url: url::Url::parse(url).unwrap(),
        headers: vec![("Authorization".into(), "Bearer k".into())],
    };
    let request = ending(&provider("http://identity.internal:4434/"), "5f9f6c0e").unwrap();
    assert_eq!(request.url.as_str(), "http://identity.internal:4434/admin/sessions/5f9f6c0e");
    assert_eq!(request.headers, [("Authorization".to_owned(), "Bearer k".to_owned())]);
    let request = ending(&provider("http://identity.internal/kratos/"), "../identities/x?y#z").unwrap();
    assert_eq!(request.url.as_str(), "http://identity.internal/kratos/admin/sessions/..%2Fidentities%2Fx%3Fy%23z");
}
