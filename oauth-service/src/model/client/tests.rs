use serde_json::json;
use shared_types::{testing::TestClock, time::Clock as _};

use super::*;

fn client(metadata: Value) -> Client {
    let now = TestClock::default().now();
    Client {
        id: ClientId::from("shop"),
        version: 1,
        metadata: serde_json::from_value(metadata).unwrap(),
        secrets: SecretHashes { current: Some("hash".to_owned()), rotated: vec!["old".to_owned()] },
        registration_digest: None,
        created_at: now,
        updated_at: now,
    }
}

#[test]
fn an_empty_client_shows_what_is_always_there() {
    insta::assert_json_snapshot!(client(json!({})).to_json());
}

#[test]
fn a_full_client_comes_back_from_its_column() {
    let full = json!({
        "client_name": "Shop", "redirect_uris": ["https://shop.test/cb"], "grant_types": ["client_credentials"],
        "jwks_uri": "https://shop.test/jwks", "skip_logout_consent": false, "metadata": {"a": 1},
        "client_credentials_grant_access_token_lifespan": "1h", "access_token_strategy": "jwt",
    });
    let known = client(full);
    let column = serde_json::to_string(&known.metadata).unwrap();
    let read: Metadata = serde_json::from_str(&column).unwrap();
    assert_eq!(read, known.metadata);
    assert_eq!(known.to_json()["client_credentials_grant_access_token_lifespan"], "1h0m0s");
    assert_eq!(known.to_json()["skip_logout_consent"], false);
}

#[test]
fn no_secret_is_shown() {
    let shown = client(json!({})).to_json().to_string();
    assert!(!shown.contains("hash") && !shown.contains("\"old\""), "{shown}");
}

#[test]
fn null_counts_as_left_out() {
    let read =
        client(json!({"redirect_uris": null, "scope": null, "jwks": null, "skip_consent": null, "contacts": null}));
    assert_eq!(read.metadata, Metadata::default());
}

#[test]
fn what_is_not_registered_is_the_default() {
    let plain = client(json!({}));
    assert!(plain.has_grant("authorization_code") && !plain.has_grant("client_credentials"));
    assert_eq!(plain.effective_response_types(), ["code"]);
    assert_eq!(plain.auth_method(), "client_secret_basic");
    assert!(!plain.is_public());
    assert!(client(json!({"token_endpoint_auth_method": "none"})).is_public());
}

#[test]
fn five_rotated_secrets_stay() {
    let mut hashes = SecretHashes { current: Some("0".to_owned()), rotated: Vec::new() };
    for n in 1..8 {
        hashes.rotate(n.to_string());
    }
    assert_eq!(hashes.current.as_deref(), Some("7"));
    assert_eq!(hashes.rotated, ["6", "5", "4", "3", "2"]);
}
