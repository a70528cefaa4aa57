//! identity-service with one thing wrong at a time.

use integration_tests::settings::{Engine, merge};
use serde_json::{Value, json};

use super::{assert_has, bench, findings, run};
use crate::support::{on_both, on_sqlite};

on_sqlite!(everything_that_can_be_wrong, the_text_for_people, a_configuration_that_cannot_be_read);
on_both!(a_database_that_is_not_ready, secrets_that_open_nothing);

const SECRET: &str = "3kO9v7Qw2LxPz8RtYb5NcHd4MfGjUaSe";

/// A configuration with nothing to say about.
fn sound(dsn: &str) -> Value {
    json!({
        "dsn": dsn,
        "serve": {
            "public": {"host": "0.0.0.0", "base_url": "https://id.example.org/"},
            "admin": {"host": "127.0.0.1"},
        },
        "trusted_proxies": ["10.0.0.0/8"],
        "secrets": {"default": [SECRET], "cipher": [SECRET]},
        "selfservice": {
            "default_browser_return_url": "https://portal.example.org/",
            "allowed_return_urls": ["https://portal.example.org/"],
        },
        "courier": {"smtp": {"from_address": "no-reply@example.org"}},
    })
}

/// What is changed, how what is found begins, and what it says.
type Case = (Value, &'static str, &'static str);

fn seen_by_browsers() -> Vec<Case> {
    let ui = |url: &str| json!({"selfservice": {"flows": {"login": {"ui_url": url}}}});
    vec![
        (json!({"serve": {"admin": {"host": "0.0.0.0"}}}), "wrong listeners serve.admin", "asks for no key"),
        (json!({"dev": true}), "wrong listeners dev", "development mode"),
        (json!({"rate_limit": {"enabled": false}}), "warning listeners rate_limit.enabled", "quotas are off"),
        (json!({"trusted_proxies": []}), "warning listeners trusted_proxies", "not trusted"),
        (json!({"trusted_proxies": ["0.0.0.0/0"]}), "wrong listeners trusted_proxies", "everybody"),
        (
            json!({"serve": {"public": {"base_url": null}}}),
            "wrong listeners serve.public.base_url",
            "http://127.0.0.1:4433/",
        ),
        (
            json!({"cookies": {"domain": "example.com"}}),
            "wrong cookies cookies.domain",
            "does not cover id.example.org",
        ),
        (json!({"cookies": {"secure": false}}), "warning cookies cookies.secure", "not Secure"),
        (
            json!({"serve": {"public": {"base_url": "http://id.example.org/"}}, "cookies": {"secure": true}}),
            "wrong cookies cookies.secure",
            "plain http",
        ),
        (json!({"session": {"cookie": {"domain": "org"}}}), "wrong cookies session.cookie.domain", "top-level"),
        (ui("https://app.example.net/login"), "warning cookies cookies.same_site", "another site"),
        (ui("https://app.example.org/login"), "warning cookies cookies.domain", "do not come to"),
        (ui("http://app.example.org/login"), "wrong addresses selfservice.flows.login.ui_url", "plain http"),
        (
            ui("http://localhost:4455/login"),
            "wrong addresses selfservice.flows.login.ui_url",
            "leads to http://localhost:4455",
        ),
        (ui("https://app.example.org/login"), "warning cors serve.public.cors.enabled", "CORS is off"),
    ]
}

fn seen_by_operators() -> Vec<Case> {
    vec![
        (
            json!({"selfservice": {"allowed_return_urls": ["http://localhost:3000/"]}}),
            "warning addresses selfservice.allowed_return_urls",
            "own machine",
        ),
        (
            json!({"selfservice": {"allowed_return_urls": ["https://shop.example.net/"]}}),
            "warning addresses selfservice.allowed_return_urls",
            "another site",
        ),
        (
            json!({"serve": {"public": {"cors": {"enabled": true}}}}),
            "wrong cors serve.public.cors.allowed_origins",
            "with cookies",
        ),
        (
            json!({"serve": {"public": {"cors": {"enabled": true, "allowed_origins": ["app.example.org"]}}}}),
            "wrong cors serve.public.cors.allowed_origins",
            "no origin",
        ),
        (
            json!({"serve": {"public": {"tls": {"cert": {"path": "/no/cert.pem"}, "key": {"path": "/no/key.pem"}}}}}),
            "wrong tls serve.public.tls.cert",
            "/no/cert.pem",
        ),
        (
            json!({"secrets": {"default": null, "cipher": null}}),
            "wrong secrets secrets.default",
            "each start makes another one",
        ),
        (
            json!({"secrets": {"default": ["PLEASE-CHANGE-ME-I-AM-INSECURE"]}}),
            "wrong secrets secrets.default",
            "easily guessed",
        ),
        (json!({"secrets": {"default": ["k9Q2mZx7Lw4Rt8Yb"]}}), "warning secrets secrets.default", "16 characters"),
        (
            json!({"selfservice": {"flows": {"recovery": {"enabled": true}}}}),
            "wrong messages courier.smtp.connection_uri",
            "is not set",
        ),
        (
            json!({"courier": {"smtp": {"connection_uri": "smtps://127.0.0.1:1/?skip_ssl_verify=true"}}}),
            "warning messages courier.smtp.connection_uri",
            "certificate is not looked at",
        ),
        (
            json!({"courier": {"smtp": {"connection_uri": "smtp://127.0.0.1:1/", "from_address": null}}}),
            "warning messages courier.smtp.from_address",
            "no-reply@ory.kratos.sh",
        ),
        (
            json!({"courier": {"channels": [{"id": "sms", "type": "http", "request_config": {"url": "http://127.0.0.1:1/", "method": "POST"}}]}}),
            "wrong messages courier.channels",
            "for sms, cannot be reached",
        ),
        (json!({"dsn": "memory"}), "warning database dsn", "in memory"),
        (json!({"dsn": "sqlite:///no/such/folder/db.sqlite"}), "wrong database dsn", "does not exist"),
    ]
}

async fn everything_that_can_be_wrong(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let base = sound(&bench.identity.dsn());
    migrated(&bench, &base).await?;
    let (code, found) = findings("identity-service", &base, bench.folder.path(), false).await?;
    assert_eq!(code, 0, "{found:#?}");
    assert!(found.iter().all(|finding| finding.starts_with("fine")), "{found:#?}");

    let cases = seen_by_browsers().into_iter().chain(seen_by_operators());
    for (over, begins, part) in cases {
        let mut settings = base.clone();
        merge(&mut settings, over);
        let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
        assert_has(&found, begins, part);
        let wrong = found.iter().any(|finding| finding.starts_with("wrong"));
        assert_eq!(code, i32::from(wrong), "{found:#?}");
    }
    Ok(())
}

async fn migrated(bench: &super::Bench, settings: &Value) -> anyhow::Result<()> {
    let mut command = std::process::Command::new(integration_tests::binary::path("identity-service")?);
    let dsn = settings["dsn"].as_str().unwrap_or_default();
    command.args(["migrate", "sql", "up", "--yes", dsn]).current_dir(bench.folder.path());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    anyhow::ensure!(output.status.success(), "{output:?}");
    Ok(())
}

async fn the_text_for_people(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = sound(&bench.identity.dsn());
    migrated(&bench, &settings).await?;
    merge(
        &mut settings,
        json!({
            "serve": {"admin": {"host": "0.0.0.0"}, "public": {"request_log": {"disable_for_health": true}}},
            "cookies": {"domain": "example.com"},
            "secrets": {"default": ["changeme-changeme-changeme"], "cipher": [SECRET]},
            "selfservice": {"flows": {"recovery": {"enabled": true}}},
            "trusted_proxies": [],
            "ciphers": {"algorithm": "aes"},
        }),
    );
    let told = run("identity-service", &settings, bench.folder.path(), &[]).await?;
    assert_eq!(told.code, 1);
    insta::with_settings!({ filters => vec![("SQLite [0-9.]+", "SQLite")] }, {
        insta::assert_snapshot!("identity_text", told.text);
    });
    Ok(())
}

async fn a_configuration_that_cannot_be_read(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = sound(&bench.identity.dsn());
    merge(
        &mut settings,
        json!({
            "cookies": {"domian": "example.org", "same_site": "Sometimes"},
            "serve": {"public": {"port": "many"}},
            "selfservice": {"flows": {"login": {"ui_url": "no address"}}},
        }),
    );
    let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong configuration cookies.domian", "is not a known key");
    assert_has(&found, "wrong configuration cookies.same_site", "must be Lax, Strict or None");
    assert_has(&found, "wrong configuration serve.public.port", "must be a whole number");
    assert_has(&found, "wrong configuration selfservice.flows.login.ui_url", "");
    assert_eq!(found.len(), 4, "each is told once: {found:#?}");
    let told = run("identity-service", &settings, bench.folder.path(), &["--format", "text"]).await?;
    assert!(told.text.contains("write cookies.domain, if that is what is meant"), "{}", told.text);
    Ok(())
}

async fn a_database_that_is_not_ready(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = sound(&bench.identity.dsn());
    // Made, but without a schema.
    if engine == Engine::Sqlite {
        let path = bench.identity.dsn().trim_start_matches("sqlite://").to_owned();
        std::fs::write(path, "")?;
    }
    let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong database dsn", "migrations behind");
    merge(&mut settings, json!({"auto_migrate": true}));
    let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 0, "{found:#?}");
    assert_has(&found, "warning database dsn", "migrations behind");
    merge(&mut settings, json!({"dsn": "postgres://nobody:nothing@127.0.0.1:1/none"}));
    let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong database dsn", "cannot be opened");
    assert!(!found.iter().any(|finding| finding.contains("nothing@")), "no password is told: {found:#?}");
    Ok(())
}

async fn secrets_that_open_nothing(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = bench.identity_settings("smtp://127.0.0.1:1/");
    merge(&mut settings, json!({"secrets": {"cipher": [SECRET]}}));
    let service = bench.start_identity(&settings).await?;
    let body = json!({"schema_id": "default", "traits": {"email": "ada@example.org", "role": "buyer"},
        "credentials": {"totp": {"config": {"totp_url": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}}}});
    let admin = format!("http://127.0.0.1:{}/admin/identities", bench.places.identity_admin);
    let client = integration_tests::person::plain_client()?;
    let made = client.post(admin).bearer_auth(&bench.places.identity_key).json(&body).send().await?;
    assert_eq!(made.status(), 201, "{}", made.text().await?);
    drop(service);
    let (_, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_has(&found, "fine sealed columns", "the 1 sealed credentials");
    merge(&mut settings, json!({"secrets": {"cipher": ["another-secret-of-32-characters!"]}}));
    let (code, found) = findings("identity-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong sealed columns secrets.cipher", "1 of 1 sealed credentials cannot be opened");
    // A start says so as well.
    let _service = bench.start_identity(&settings).await?;
    let log = bench.log("identity-service");
    assert!(log.contains("stored credentials cannot be opened") && log.contains("secrets.cipher"), "{log}");
    Ok(())
}
