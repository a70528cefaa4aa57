use shared_types::http::client::HttpReply;
use url::Url;

use super::{PeerError, Topic, endpoint, judged};

fn reply(status: u16, body: &str) -> HttpReply {
    HttpReply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn the_prefix_of_a_gateway_is_kept_and_challenges_are_escaped() {
    let base = Url::parse("https://gate.example.org/hydra/").unwrap();
    assert_eq!(
        endpoint(&base, Topic::Login, Some("accept"), "a b&c").as_str(),
        "https://gate.example.org/hydra/admin/oauth2/auth/requests/login/accept?login_challenge=a+b%26c"
    );
    let base = Url::parse("http://127.0.0.1:4445").unwrap();
    assert_eq!(
        endpoint(&base, Topic::Logout, None, "x").as_str(),
        "http://127.0.0.1:4445/admin/oauth2/auth/requests/logout?logout_challenge=x"
    );
}

#[test]
fn an_answered_challenge_says_where_to_go_on() {
    let gone = judged(reply(410, r#"{"redirect_to": "https://app.example.org/cb"}"#));
    assert!(matches!(gone, Err(PeerError::Answered(url)) if url.as_str() == "https://app.example.org/cb"));
    assert!(matches!(judged(reply(410, "{}")), Err(PeerError::Unknown)));
    assert!(matches!(judged(reply(404, "")), Err(PeerError::Unknown)));
}

#[test]
fn a_refusal_carries_the_providers_words() {
    let refused = judged(reply(401, r#"{"error": "request_unauthorized", "error_hint": "No key."}"#));
    assert!(matches!(refused, Err(PeerError::Refused { status: 401, hint }) if hint == "No key."));
    assert!(matches!(judged(reply(500, "oops")), Err(PeerError::Refused { status: 500, hint }) if hint.is_empty()));
}
