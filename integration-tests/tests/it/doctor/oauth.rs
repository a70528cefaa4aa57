//! oauth-service with one thing wrong at a time.

use integration_tests::settings::{Engine, merge};
use serde_json::{Value, json};

use super::{assert_has, bench, findings, run};
use crate::support::{on_both, on_sqlite};

on_sqlite!(everything_that_can_be_wrong, the_text_for_people);
on_both!(clients_whose_addresses_are_odd, a_secret_that_opens_no_key);

const SECRET: &str = "3kO9v7Qw2LxPz8RtYb5NcHd4MfGjUaSe";

/// A configuration with nothing to say about.
fn sound(dsn: &str) -> Value {
    json!({
        "dsn": dsn,
        "serve": {"public": {"host": "0.0.0.0"}, "admin": {"host": "127.0.0.1"}},
        "trusted_proxies": ["10.0.0.0/8"],
        "urls": {
            "self": {"issuer": "https://oauth.example.org/", "public": "https://oauth.example.org/"},
            "login": "https://id.example.org/login",
            "consent": "https://id.example.org/consent",
            "logout": "https://id.example.org/logout",
        },
        "secrets": {"system": [SECRET]},
    })
}

async fn migrated(dsn: &str) -> anyhow::Result<()> {
    let mut command = std::process::Command::new(integration_tests::binary::path("oauth-service")?);
    command.args(["migrate", "sql", "up", "--yes", dsn]);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    anyhow::ensure!(output.status.success(), "{output:?}");
    Ok(())
}

/// What is changed, how what is found begins, and what it says.
fn cases() -> Vec<(Value, &'static str, &'static str)> {
    vec![
        (json!({"serve": {"admin": {"host": "0.0.0.0"}}}), "wrong listeners serve.admin", "asks for no key"),
        (json!({"dev": true}), "wrong listeners dev", "development mode"),
        (json!({"rate_limit": {"enabled": false}}), "warning listeners rate_limit.enabled", "quotas are off"),
        (json!({"trusted_proxies": []}), "warning listeners trusted_proxies", "not trusted"),
        (
            json!({"urls": {"self": {"public": "https://127.0.0.1:4444/"}}}),
            "wrong listeners urls.self.public",
            "127.0.0.1",
        ),
        (json!({"urls": {"login": "http://id.example.org/login"}}), "wrong pages urls.login", "plain http"),
        (
            json!({"urls": {"consent": "https://localhost/consent"}}),
            "wrong pages urls.consent",
            "leads to https://localhost",
        ),
        (json!({"urls": {"logout": null}}), "wrong pages urls.logout", "is not set"),
        (
            json!({"serve": {"cookies": {"domain": "example.com"}}}),
            "wrong cookies serve.cookies.domain",
            "does not cover",
        ),
        (
            json!({"serve": {"cookies": {"same_site_mode": "Strict"}}, "urls": {"login": "https://id.example.net/login"}}),
            "wrong cookies serve.cookies.same_site_mode",
            "another site",
        ),
        (
            json!({"serve": {"public": {"cors": {"enabled": true, "allowed_origins": ["*"]}}}}),
            "wrong cors serve.public.cors.allowed_origins",
            "with cookies",
        ),
        (
            json!({"serve": {"tls": {"cert": {"path": "/no/cert.pem"}, "key": {"path": "/no/key.pem"}}}}),
            "wrong tls serve.public.tls.key",
            "/no/key.pem",
        ),
        (
            json!({"secrets": {"system": ["PLEASE-CHANGE-ME-I-AM-INSECURE"]}}),
            "wrong secrets secrets.system",
            "easily guessed",
        ),
        (json!({"hsm": {"enabled": true}}), "warning configuration hsm.enabled", "has no effect"),
        (
            json!({"urls": {"self": {"isuer": "https://oauth.example.org/"}}}),
            "wrong configuration urls.self.isuer",
            "not a known key",
        ),
        (json!({"secrets": {"system": null}}), "wrong configuration secrets.system", "is required"),
    ]
}

async fn everything_that_can_be_wrong(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let base = sound(&bench.oauth.dsn());
    migrated(&bench.oauth.dsn()).await?;
    let (code, found) = findings("oauth-service", &base, bench.folder.path(), false).await?;
    assert_eq!(code, 0, "{found:#?}");
    assert!(found.iter().all(|finding| finding.starts_with("fine")), "{found:#?}");
    assert_has(&found, "fine keys", "has no RS256 key yet");

    for (over, begins, part) in cases() {
        let mut settings = base.clone();
        merge(&mut settings, over);
        let (code, found) = findings("oauth-service", &settings, bench.folder.path(), false).await?;
        assert_has(&found, begins, part);
        let wrong = found.iter().any(|finding| finding.starts_with("wrong"));
        assert_eq!(code, i32::from(wrong), "{found:#?}");
    }
    Ok(())
}

async fn the_text_for_people(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = sound(&bench.oauth.dsn());
    migrated(&bench.oauth.dsn()).await?;
    merge(
        &mut settings,
        json!({
            "serve": {"admin": {"host": "0.0.0.0"}},
            "urls": {"login": "http://localhost:4433/login", "consent": null},
            "rate_limit": {"enabled": false},
        }),
    );
    let told = run("oauth-service", &settings, bench.folder.path(), &["--format", "text"]).await?;
    assert_eq!(told.code, 1);
    insta::with_settings!({ filters => vec![("SQLite [0-9.]+", "SQLite")] }, {
        insta::assert_snapshot!("oauth_text", told.text);
    });
    Ok(())
}

async fn clients_whose_addresses_are_odd(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let settings = bench.oauth_settings();
    let service = bench.start_oauth(&settings).await?;
    let admin = format!("http://127.0.0.1:{}/admin/clients", bench.places.oauth_admin);
    let client = integration_tests::person::plain_client()?;
    for (id, uris) in [
        ("good", json!(["https://portal.example.org/cb"])),
        ("plain", json!(["http://portal.example.org/cb"])),
        ("stars", json!(["https://portal.example.org/*"])),
        ("moved", json!(["https://portal.example.org/cb", "https://portal.example.net/cb"])),
        ("nowhere", json!([])),
    ] {
        let body = json!({"client_id": id, "grant_types": ["authorization_code"], "response_types": ["code"],
            "redirect_uris": uris, "client_secret": "a secret of the tests"});
        let made = client.post(&admin).bearer_auth(&bench.places.oauth_key).json(&body).send().await?;
        assert_eq!(made.status(), 201, "{id}: {}", made.text().await?);
    }
    drop(service);
    let (code, found) = findings("oauth-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1, "{found:#?}");
    assert_has(&found, "wrong clients client plain, redirect_uris", "plain http");
    assert_has(&found, "wrong clients client stars, redirect_uris", "wildcard");
    assert_has(&found, "warning clients client moved, redirect_uris", "another site");
    assert_has(&found, "warning clients client nowhere, redirect_uris", "wants people to sign in");
    assert!(!found.iter().any(|finding| finding.contains("client good")), "{found:#?}");
    Ok(())
}

async fn a_secret_that_opens_no_key(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = bench.oauth_settings();
    drop(bench.start_oauth(&settings).await?);
    let (_, found) = findings("oauth-service", &settings, bench.folder.path(), false).await?;
    assert_has(&found, "fine keys", "hydra.openid.id-token signs with RS256");
    merge(&mut settings, json!({"secrets": {"system": [SECRET]}}));
    let (code, found) = findings("oauth-service", &settings, bench.folder.path(), false).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong keys secrets.system", "cannot be opened");
    let refused = bench.start_oauth(&settings).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("secrets.system") && refused.contains("oauth-service doctor"), "{refused}");
    // With the old one behind the new one all is well.
    merge(&mut settings, json!({"secrets": {"system": [SECRET, "not-a-secret-system"]}}));
    let (_, found) = findings("oauth-service", &settings, bench.folder.path(), false).await?;
    assert!(!found.iter().any(|finding| finding.starts_with("wrong keys")), "{found:#?}");
    Ok(())
}
