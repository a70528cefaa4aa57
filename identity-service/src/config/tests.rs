use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Config, HashAlgorithm, Hashers, Hook};

/// The file of the Kratos v0.13 quick start, as far as its keys go.
const QUICKSTART: &str = r"
version: v0.13.0
dsn: memory
serve:
  public:
    base_url: http://127.0.0.1:4433/
    cors:
      enabled: true
  admin:
    base_url: http://kratos:4434/
selfservice:
  default_browser_return_url: http://127.0.0.1:4455/
  allowed_return_urls:
    - http://127.0.0.1:4455
    - exp://localhost:8081/--/Callback
  methods:
    password:
      enabled: true
    totp:
      config:
        issuer: Kratos
      enabled: true
    lookup_secret:
      enabled: true
    link:
      enabled: true
    code:
      enabled: true
  flows:
    error:
      ui_url: http://127.0.0.1:4455/error
    settings:
      ui_url: http://127.0.0.1:4455/settings
      privileged_session_max_age: 15m
      required_aal: highest_available
    recovery:
      enabled: true
      ui_url: http://127.0.0.1:4455/recovery
      use: code
    verification:
      enabled: true
      ui_url: http://127.0.0.1:4455/verification
      use: code
      after:
        default_browser_return_url: http://127.0.0.1:4455/
    logout:
      after:
        default_browser_return_url: http://127.0.0.1:4455/login
    login:
      ui_url: http://127.0.0.1:4455/login
      lifespan: 10m
    registration:
      lifespan: 10m
      ui_url: http://127.0.0.1:4455/registration
      after:
        password:
          hooks:
            - hook: session
            - hook: show_verification_ui
log:
  level: debug
  format: text
  leak_sensitive_values: true
secrets:
  cookie:
    - PLEASE-CHANGE-ME-I-AM-VERY-INSECURE
  cipher:
    - 32-LONG-SECRET-NOT-SECURE-AT-ALL
ciphers:
  algorithm: xchacha20-poly1305
hashers:
  algorithm: bcrypt
  bcrypt:
    cost: 8
identity:
  default_schema_id: default
  schemas:
    - id: default
      url: file:///etc/config/kratos/identity.schema.json
courier:
  smtp:
    connection_uri: smtps://test:test@mailslurper:1025/?skip_ssl_verify=true
feature_flags:
  use_continue_with_transitions: true
cookies:
  domain: example.org
";

fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, shared_types::config::Problems> {
    let file = std::env::temp_dir().join(format!("kratos-{}-{}.yml", std::process::id(), text.len()));
    std::fs::write(&file, text).unwrap();
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::load(&[PathBuf::from(&file)], env.collect::<Vec<_>>().into_iter());
    let _ = std::fs::remove_file(file);
    config
}

#[test]
fn the_quick_start_is_accepted_as_it_is() {
    let config = load(QUICKSTART, &[("DSN", "sqlite:///tmp/x.sqlite?_fk=true&mode=rwc")]).unwrap();
    assert_eq!(config.serve.public.base_url_text, "http://127.0.0.1:4433/");
    assert_eq!(config.cookies.domain.as_deref(), Some("example.org"));
    assert_eq!(config.hashers.bcrypt_cost, 12);
    let hooks = config.selfservice.registration.after.after_write("password");
    assert_eq!(hooks, [Hook::ShowVerificationUi, Hook::Session]);
    let smtp = config.courier.smtp.as_ref().unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.skip_verify), ("mailslurper", 1025, true));
    let said = config.warnings().join("\n");
    for named in ["hashers.bcrypt.cost", "leak_sensitive_values"] {
        assert!(said.contains(named), "{named} is not among: {said}");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let text = "dsn: mysql://x\nno_such_key: 1\nserve:\n  public:\n    prot: 1\nsession:\n  lifespan: soon\n";
    let problems = load(text, &[]).unwrap_err();
    let said = problems.to_string();
    for named in ["no_such_key", "serve.public.prot", "session.lifespan"] {
        assert!(said.contains(named), "{named} is not among: {said}");
    }
    let bad = json!({
        "dsn": "mysql://x",
        "secrets": {"default": ["short"], "cipher": ["not 32 long"]},
        "selfservice": {"flows": {"login": {"after": {"hooks": [{"hook": "session"}, {"hook": "nonsense"}]}}}},
        "identity": {"default_schema_id": "b", "schemas": [{"id": "a", "url": "file:///a"}, {"id": "a"}]},
        "trusted_proxies": ["10.0.0.0/8", "not a network"],
        "oauth2_provider": {"claims": [{"scope": "openid", "claims": {"sub": "/id", "role": "traits.role"}}]},
    });
    let said = Config::from_value(bad).unwrap_err().to_string();
    for named in [
        "dsn",
        "secrets.default",
        "secrets.cipher",
        "hooks.0",
        "hooks.1",
        "identity.default_schema_id",
        "identity.schemas.1",
        "trusted_proxies",
        "\"sub\"",
        "\"role\"",
    ] {
        assert!(said.contains(named), "{named} is not among: {said}");
    }
}

#[test]
fn defaults_are_safe() {
    let config = Config::from_value(json!({"dsn": "memory"})).unwrap();
    assert_eq!(config.serve.admin.host, "127.0.0.1");
    assert_eq!(config.hashers.bcrypt_cost, 12);
    assert!(config.rate_limit.enabled);
    assert_eq!(config.selfservice.login.ui_url.as_str(), "http://127.0.0.1:4433/login");
    assert_eq!(config.serve.public.base_url_text, "http://127.0.0.1:4433");
    assert!(!config.cookies.secure);
    let https = json!({"dsn": "memory", "serve": {"public": {"base_url": "https://auth.example.org"}}});
    let config = Config::from_value(https).unwrap();
    assert!(config.cookies.secure && config.session.cookie.secure);
    assert_eq!(config.serve.public.base_url.as_str(), "https://auth.example.org/");
    assert_eq!(config.serve.public.base_url_text, "https://auth.example.org");
}

#[test]
fn every_key_of_the_table_is_told_apart() {
    let mut paths: Vec<_> = super::keys::KEYS.iter().map(|key| key.path).collect();
    paths.sort_unstable();
    let count = paths.len();
    paths.dedup();
    assert_eq!(paths.len(), count);
}

#[test]
fn secrets_come_from_files_too() {
    let file = std::env::temp_dir().join(format!("secret-{}", std::process::id()));
    std::fs::write(&file, "a secret from a file\n").unwrap();
    let config = Config::from_value(json!({"dsn": "memory", "secrets": {"default_files": [file.to_str().unwrap()]}}));
    let _ = std::fs::remove_file(&file);
    assert!(!config.unwrap().warnings().iter().any(|warning| warning.contains("secrets.default")));
    let missing = json!({"dsn": "memory", "secrets": {"default_files": ["/no/such/file"]}});
    assert!(Config::from_value(missing).is_err());
}

#[test]
fn a_value_of_null_is_no_value() {
    let config = Config::from_value(json!({"dsn": "memory", "revision": Value::Null})).unwrap();
    assert_eq!(config.revision, None);
}

#[test]
fn hashing_is_read_and_bounded() {
    let text = "hashers:\n  algorithm: argon2\n  argon2:\n    memory: 64MB\n    iterations: 3\n    parallelism: 2\n    key_length: 64\n    dedicated_memory: 2GB\n    expected_duration: 1s\n";
    let config = load(&format!("dsn: memory\n{text}"), &[]).unwrap();
    let Hashers { algorithm, argon2, .. } = config.hashers;
    assert_eq!(algorithm, HashAlgorithm::Argon2);
    assert_eq!((argon2.memory_kib, argon2.iterations, argon2.parallelism), (64 << 10, 3, 2));
    assert_eq!((argon2.salt_length, argon2.key_length, argon2.dedicated_memory), (16, 64, 2 << 30));
    assert!(!config.warnings().join("\n").contains("hashers"), "{:?}", config.warnings());
    for (key, value) in [
        ("algorithm", "md5"),
        ("bcrypt.cost", "16"),
        ("argon2.memory", "2GB"),
        ("argon2.memory", "1KB"),
        ("argon2.memory", "lots"),
        ("argon2.iterations", "11"),
        ("argon2.parallelism", "17"),
        ("argon2.salt_length", "8"),
    ] {
        let text = match key.split_once('.') {
            Some((section, key)) => format!("dsn: memory\nhashers:\n  {section}:\n    {key}: {value}\n"),
            None => format!("dsn: memory\nhashers:\n  {key}: {value}\n"),
        };
        let said = load(&text, &[]).unwrap_err().to_string();
        assert!(said.contains(&format!("hashers.{key}")), "{text}: {said}");
    }
}

#[test]
fn a_password_migration_and_breach_lists_are_read() {
    let at = "dsn: memory\nselfservice:\n  methods:\n    password:\n      config:\n";
    let config = load(&format!("{at}        haveibeenpwned_host: pwned.example.org\n        migrate_hook:\n          enabled: true\n          config:\n            url: https://old.example.org/check\n            body: base64://e30\n"), &[]).unwrap();
    let password = &config.selfservice.methods.password;
    assert_eq!(password.breach_url.as_str(), "https://pwned.example.org/");
    assert!(password.breach_check);
    assert_eq!(password.migrate_hook.as_ref().unwrap().url.as_str(), "https://old.example.org/check");
    assert!(config.snippets().iter().any(|(path, _)| path.ends_with("migrate_hook.config.body")));
    assert!(!config.warnings().join("\n").contains("selfservice"), "{:?}", config.warnings());
    let default = load("dsn: memory\n", &[]).unwrap();
    assert_eq!(default.selfservice.methods.password.breach_url.as_str(), "https://api.pwnedpasswords.com/");
    for (lines, named) in [
        ("        haveibeenpwned_host: 'no host'\n", "haveibeenpwned_host"),
        ("        breached_passwords_file: /nowhere/at/all\n", "breached_passwords_file"),
        ("        migrate_hook:\n          enabled: true\n          config: {}\n", "migrate_hook.config.url"),
        (
            "        migrate_hook:\n          enabled: true\n          config: {url: 'http://x/', method: GET}\n",
            "migrate_hook.config.method",
        ),
    ] {
        let said = load(&format!("{at}{lines}"), &[]).unwrap_err().to_string();
        assert!(said.contains(named), "{said}");
    }
}
