use serde_json::json;

use super::*;

const KEYS: &[Key] = &[
    Key::honoured("dsn", Kind::Text),
    Key::honoured("urls.self.issuer", Kind::Text),
    Key::honoured("serve.public.port", Kind::Int),
    Key::honoured("serve.cookies.same_site_mode", Kind::Text),
    Key::honoured("secrets.cookie", Kind::TextList),
    Key::honoured("ttl.access_token", Kind::Duration),
    Key::honoured("dev", Kind::Bool),
    Key::honoured("identity.schemas[].id", Kind::Text),
    Key::honoured("identity.schemas[].url", Kind::Text),
    Key::honoured("hooks", Kind::Any),
    Key::unsupported("hsm.enabled", Kind::Bool, "keys live in the database"),
];

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn every_problem_is_named_at_once() {
    let tree = json!({"dsn": 5, "serve": {"public": {"prot": 1}}, "identity": {"schemas": [{"id": "a", "uri": "x"}]},
        "ttl": {"access_token": "soon"}, "secrets": "x", "nonsense": {"a": 1}});
    let problems = check(tree, KEYS).unwrap_err().0;
    assert_eq!(
        problems,
        [
            "dsn: must be a text",
            "serve.public.prot: is not a known key",
            "identity.schemas[0].uri: is not a known key",
            "ttl.access_token: must be a duration such as 15m or 168h",
            "secrets: must be a mapping of keys",
            "nonsense: is not a known key",
        ]
    );
}

#[test]
fn the_environment_overrides_by_orys_rule() {
    let vars = env(&[
        ("DSN", "memory"),
        ("URLS_SELF_ISSUER", "http://127.0.0.1:4444/"),
        ("SERVE_PUBLIC_PORT", "80"),
        ("SERVE_COOKIES_SAME_SITE_MODE", "Lax"),
        ("SECRETS_COOKIE", "one,two"),
        ("IDENTITY_SCHEMAS_0_ID", "default"),
        ("DEV", "true"),
        ("HOOKS", r#"{"url":"http://x"}"#),
        ("PATH", "/bin"),
    ]);
    let value = load(&[], vars, KEYS).unwrap().value;
    assert_eq!(
        value,
        json!({"dsn": "memory", "urls": {"self": {"issuer": "http://127.0.0.1:4444/"}}, "serve": {"public": {"port": 80},
            "cookies": {"same_site_mode": "Lax"}}, "secrets": {"cookie": ["one", "two"]}, "identity": {"schemas": [{"id": "default"}]},
            "dev": true, "hooks": {"url": "http://x"}})
    );
}

#[test]
fn an_indexed_variable_names_an_item() {
    let value = load(&[], env(&[("SECRETS_COOKIE_1", "b"), ("SECRETS_COOKIE_0", "a")]), KEYS).unwrap().value;
    assert_eq!(value, json!({"secrets": {"cookie": ["a", "b"]}}));
    assert!(load(&[], env(&[("SERVE_PUBLIC_PORT", "x")]), KEYS).is_err());
}

#[test]
fn files_of_all_three_kinds_are_merged_in_order() {
    let dir = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = [
        write("a.yml", "dsn: memory\nserve:\n  public:\n    port: 1\n"),
        write("b.json", r#"{"serve":{"public":{"port":2}}}"#),
        write("c.toml", "[ttl]\naccess_token = \"15m\"\n"),
    ];
    let value = load(&files, env(&[]), KEYS).unwrap().value;
    assert_eq!(value, json!({"dsn": "memory", "serve": {"public": {"port": 2}}, "ttl": {"access_token": "15m"}}));
    let missing = load(&[dir.path().join("none.yml")], env(&[]), KEYS).unwrap_err();
    assert!(missing.0.len() == 1 && missing.0[0].contains("none.yml: cannot be read"));
}

#[test]
fn what_has_no_effect_is_said() {
    let loaded = check(json!({"hsm": {"enabled": true}}), KEYS).unwrap();
    assert_eq!(loaded.warnings, ["hsm.enabled is not supported and has no effect: keys live in the database"]);
}
