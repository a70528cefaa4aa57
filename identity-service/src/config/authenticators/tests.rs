use serde_json::{Value, json};
use url::Url;

use super::{super::Config, Attestation, PATIENCE, ResidentKey, Verification};

fn load(passkey: &Value) -> Result<Config, Vec<String>> {
    let config = json!({
        "dsn": "memory",
        "secrets": {"default": ["a secret for tests alone"]},
        "serve": {"public": {"base_url": "https://id.example.org:8443/"}},
        "selfservice": {"methods": {"passkey": passkey}},
    });
    Config::from_value(config).map_err(|problems| problems.0)
}

fn origins(config: &Config) -> Vec<&str> {
    config.selfservice.methods.passkey.rp.origins.iter().map(Url::as_str).collect()
}

#[test]
fn what_is_left_out_is_usual() {
    let rp = json!({"id": "example.org", "display_name": "Example"});
    let config = load(&json!({"enabled": true, "config": {"rp": rp}})).unwrap();
    let passkey = &config.selfservice.methods.passkey;
    assert_eq!(origins(&config), ["https://example.org/", "https://id.example.org:8443/"]);
    assert_eq!((passkey.resident_key, passkey.verification), (ResidentKey::Required, Verification::Preferred));
    assert_eq!((passkey.attachment, passkey.attestation), (None, Attestation::None));
    assert_eq!((passkey.registration_timeout, passkey.login_timeout), (PATIENCE, PATIENCE));
}

#[test]
fn mistakes_are_named_by_their_key() {
    let cases = [
        (json!({"enabled": true}), "rp.id: must be set"),
        (json!({"enabled": true, "config": {"rp": {"id": "example.org"}}}), "rp.display_name: must be set"),
        (json!({"config": {"rp": {"id": "https://example.org"}}}), "rp.id: \"https://example.org\" is not a domain"),
        (json!({"config": {"rp": {"id": "example.org:443"}}}), "is not a domain"),
        (json!({"config": {"rp": {"id": "192.0.2.1"}}}), "is not a domain"),
        (json!({"config": {"rp": {"id": "a.b", "origins": ["https://a.b/path"]}}}), "is more than an origin"),
        (json!({"config": {"rp": {"id": "a.b", "origins": ["a.b"]}}}), "is not an origin"),
        (json!({"config": {"timeouts": {"login": "25h"}}}), "timeouts.login: must be longer than nothing"),
        (json!({"config": {"authenticator_selection": {"user_verification": "always"}}}), "user_verification"),
        (json!({"config": {"attestation": {"preference": "some"}}}), "attestation.preference"),
    ];
    for (passkey, told) in cases {
        let problems = load(&passkey).expect_err(&passkey.to_string());
        assert!(problems.iter().any(|problem| problem.contains(told)), "{passkey}: {problems:?}");
    }
}

#[test]
fn origins_that_will_not_do_are_warned_of() {
    let rp = json!({"id": "example.org", "display_name": "Example", "origins": [
        "https://app.example.org", "https://other.example.com", "http://example.org", "android:apk-key-hash:AAAA",
    ]});
    let config = load(&json!({"enabled": true, "config": {"rp": rp}})).unwrap();
    assert_eq!(origins(&config).len(), 4);
    let warned = |text: &str| config.warnings().iter().any(|warning| warning.contains(text));
    assert!(warned("related origins names it") && warned("http://example.org, which is not https"));
    assert!(!warned("app.example.org") && !warned("android"));
}
