use serde_json::json;
use shared_types::http::client::HttpReply;
use url::Url;

use super::{Ask, ProviderError, below, judged, listed, shown};

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> HttpReply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpReply { status, headers, body: body.as_bytes().to_vec() }
}

#[test]
fn a_gateways_prefix_is_kept_and_parts_are_escaped() {
    let base = Url::parse("https://gate.example.org/hydra/").unwrap();
    let ask = Ask { query: &[("owner", "a b&c")], ..Ask::new("GET", &["admin", "clients", "a/b?c"]) };
    let expected = "https://gate.example.org/hydra/admin/clients/a%2Fb%3Fc?owner=a+b%26c";
    assert_eq!(below(&base, ask).unwrap().as_str(), expected);
}

#[test]
fn a_list_says_where_it_goes_on() {
    let link = "</admin/clients?page_size=1&page_token=>; rel=\"first\", </admin/clients?page_size=1&page_token=a%2Bb>; rel=\"next\"";
    assert_eq!(listed(&reply(200, &[("link", link)], "[{}]")).unwrap().next.as_deref(), Some("a+b"));
    assert_eq!(listed(&reply(200, &[], "[]")).unwrap().next, None);
    assert!(matches!(listed(&reply(200, &[], "{}")), Err(ProviderError::Unreadable)));
}

#[test]
fn a_refusal_carries_its_words() {
    let body = r#"{"error": "invalid_redirect_uri", "error_description": "No."}"#;
    let refused = judged(reply(400, &[], body));
    let expected = ("invalid_redirect_uri".to_owned(), "No.".to_owned());
    assert!(
        matches!(refused, Err(ProviderError::Refused { status: 400, error, description }) if (&error, &description) == (&expected.0, &expected.1))
    );
    assert!(matches!(judged(reply(404, &[], "")), Err(ProviderError::Missing)));
}

#[test]
fn nothing_private_of_a_key_is_shown() {
    let key = json!({"kid": "k", "alg": "RS256", "use": "sig", "kty": "RSA", "n": "n", "d": "secret", "p": "secret"});
    let told = shown(&key);
    assert_eq!(told, json!({"kid": "k", "alg": "RS256", "use": "sig", "kty": "RSA", "crv": ""}));
}
