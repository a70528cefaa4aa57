use serde_json::{Value, json};

use super::*;
use crate::protocol::alg::Alg;

fn with(more: Value) -> Result<Config, Problems> {
    let mut base = json!({"dsn": "memory", "dev": true});
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    Config::from_value(base)
}

fn problems(more: Value) -> Vec<String> {
    with(more).expect_err("a bad configuration").0
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = with(json!({})).unwrap();
    assert_eq!(config.serve.public.listen.port, 4444);
    assert_eq!(config.serve.admin.listen.host, "127.0.0.1");
    assert_eq!(config.ttl.access_token.to_string(), "15m0s");
    assert_eq!(config.ttl.refresh_token.map(|ttl| ttl.to_string()).as_deref(), Some("168h0m0s"));
    assert_eq!(config.strategies.access_token, TokenStrategy::Opaque);
    assert_eq!(config.oauth2.access_token_alg, Alg::Rs256);
    assert_eq!(config.oauth2.hasher, ClientHasher::Pbkdf2 { iterations: 25_000 });
    assert!(config.oauth2.encrypt_at_rest);
    assert_eq!(config.cookies.names.session, "ory_hydra_session_dev");
    assert_eq!(config.urls.login.as_str(), "http://127.0.0.1:4444/oauth2/fallbacks/login");
    assert_eq!(config.urls.registration, config.urls.login);
}

#[test]
fn the_quick_start_of_hydra_is_accepted() {
    let config = with(json!({
        "dev": false,
        "dsn": "sqlite:///var/lib/sqlite/db.sqlite?_fk=true",
        "serve": {"cookies": {"same_site_mode": "Lax"}},
        "urls": {
            "self": {"issuer": "https://id.example.com"},
            "consent": "https://app.example.com/consent",
            "login": "https://app.example.com/login",
            "logout": "https://app.example.com/logout",
        },
        "secrets": {"system": ["youReallyNeedToChangeThis"]},
        "oidc": {"subject_identifiers": {"supported_types": ["pairwise", "public"], "pairwise": {"salt": "youReallyNeedToChangeThis"}}},
    }))
    .unwrap();
    assert_eq!(config.urls.issuer, "https://id.example.com");
    assert_eq!(config.urls.public.as_str(), "https://id.example.com/");
    assert!(config.cookies.secure);
    assert_eq!(config.cookies.same_site, SameSite::Lax);
}

#[test]
fn the_issuer_stays_byte_for_byte() {
    for issuer in ["https://id.example.com", "https://id.example.com/", "https://id.example.com/oauth"] {
        assert_eq!(with(json!({"urls": {"self": {"issuer": issuer}}})).unwrap().urls.issuer, issuer);
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let found = problems(json!({
        "dev": false,
        "dsn": "mysql://host/db",
        "urls": {"self": {"issuer": "http://id.example.com"}},
        "strategies": {"access_token": "paseto"},
        "ttl": {"auth_code": "0s"},
        "oauth2": {"token_hook": {"auth": {}}, "rsa_bits": 2049},
        "serve": {"cookies": {"same_site_mode": "Often"}},
    }));
    for path in [
        "dsn",
        "urls.self.issuer",
        "strategies.access_token",
        "ttl.auth_code",
        "oauth2.token_hook",
        "oauth2.rsa_bits",
        "serve.cookies.same_site_mode",
    ] {
        assert!(found.iter().any(|line| line.starts_with(path)), "{path} is not in {found:#?}");
    }
}

#[test]
fn a_key_nobody_knows_is_named_by_its_path() {
    let found = problems(json!({"oauth2": {"pkce": {"enforce": true}}}));
    assert_eq!(found, ["oauth2.pkce.enforce: is not a known key"]);
}

#[test]
fn stored_data_needs_a_secret() {
    let found = problems(json!({"dsn": "sqlite:///tmp/x.sqlite"}));
    assert!(found.iter().any(|line| line.starts_with("secrets.system: is required")), "{found:?}");
    assert!(problems(json!({"secrets": {"system": ["short"]}})).iter().any(|line| line.starts_with("secrets.system:")));
}

#[test]
fn pairwise_subjects_need_a_salt_and_no_readable_access_token() {
    let pairwise = json!({"subject_identifiers": {"supported_types": ["pairwise"]}});
    assert!(problems(json!({"oidc": pairwise}))[0].contains("salt"));
    let salted =
        json!({"subject_identifiers": {"supported_types": ["public", "pairwise"], "pairwise": {"salt": "12345678"}}});
    let config = with(json!({"oidc": salted, "strategies": {"access_token": "jwt"}})).unwrap();
    assert_eq!(config.oidc.subject_types, ["public"]);
    assert_eq!(config.warnings.len(), 1);
}

#[test]
fn the_environment_lies_over_the_file() {
    let env = [
        ("DSN", "memory"),
        ("DEV", "true"),
        ("URLS_SELF_ISSUER", "http://127.0.0.1:4444/"),
        ("SECRETS_SYSTEM", "a-new-secret-of-the-tests,an-old-secret-of-the-tests"),
        ("TTL_ACCESS_TOKEN", "1h"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (config, warnings) = Config::load(&[], env.into_iter()).unwrap();
    assert_eq!(config.secrets.system.len(), 2);
    assert_eq!(config.ttl.access_token.to_string(), "1h0m0s");
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn a_key_without_effect_is_named_at_boot() {
    let env = [("DSN", "memory"), ("DEV", "true"), ("HSM_ENABLED", "true")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let (_, warnings) = Config::load(&[], env.into_iter()).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("hsm.enabled"), "{warnings:?}");
}

#[test]
fn hooks_are_a_url_or_an_object_with_a_key() {
    let plain = with(json!({"oauth2": {"token_hook": "https://a.test/hook"}})).unwrap();
    assert!(plain.oauth2.token_hook.unwrap().auth.is_none());
    let auth = json!({"type": "api_key", "config": {"in": "header", "name": "Authorization", "value": "Bearer x"}});
    let keyed = with(json!({"oauth2": {"refresh_token_hook": {"url": "https://a.test/hook", "auth": auth}}})).unwrap();
    let hook = keyed.oauth2.refresh_token_hook.unwrap();
    assert_eq!(hook.auth.map(|auth| (auth.place, auth.name)), Some((HookPlace::Header, "Authorization".to_owned())));
}

#[test]
fn a_refresh_token_may_never_expire() {
    assert!(with(json!({"ttl": {"refresh_token": "-1"}})).unwrap().ttl.refresh_token.is_none());
    assert!(with(json!({"ttl": {"refresh_token": -1}})).unwrap().ttl.refresh_token.is_none());
}

#[test]
fn a_hook_comes_from_the_environment_piece_by_piece() {
    let env = [
        ("DSN", "memory"),
        ("DEV", "true"),
        ("OAUTH2_TOKEN_HOOK_URL", "http://127.0.0.1:1/hook"),
        ("OAUTH2_TOKEN_HOOK_AUTH_TYPE", "api_key"),
        ("OAUTH2_TOKEN_HOOK_AUTH_CONFIG_IN", "header"),
        ("OAUTH2_TOKEN_HOOK_AUTH_CONFIG_NAME", "Authorization"),
        ("OAUTH2_TOKEN_HOOK_AUTH_CONFIG_VALUE", "Bearer x"),
    ];
    let (config, _) = Config::load(&[], env.map(|(n, v)| (n.to_owned(), v.to_owned())).into_iter()).unwrap();
    let hook = config.oauth2.token_hook.unwrap();
    assert_eq!(hook.url.as_str(), "http://127.0.0.1:1/hook");
    assert_eq!(hook.auth.map(|auth| auth.name).as_deref(), Some("Authorization"));
}

#[test]
fn an_open_admin_api_is_told_at_boot() {
    let warnings = |serve: Value| with(json!({"serve": serve})).unwrap().warnings;
    assert!(warnings(json!({})).is_empty());
    assert_eq!(warnings(json!({"admin": {"host": "0.0.0.0"}})).len(), 1);
    assert!(warnings(json!({"admin": {"host": "0.0.0.0", "api_keys": ["a-key-of-the-tests"]}})).is_empty());
}

#[test]
fn the_table_has_no_path_twice() {
    let mut paths: Vec<&str> = KEYS.iter().map(|key| key.path).collect();
    paths.sort_unstable();
    let count = paths.len();
    paths.dedup();
    assert_eq!(paths.len(), count);
}
