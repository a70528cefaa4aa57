//! Two services that run, asked about each other.

use integration_tests::{
    mailbox::Mailbox,
    settings::{Engine, loopback, merge},
};
use serde_json::json;

use super::{assert_has, bench, findings};
use crate::support::on_both;

on_both!(two_that_fit_each_other, two_that_do_not, one_that_is_alone);

async fn two_that_fit_each_other(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mailbox = Mailbox::start().await?;
    let (mut identity, mut oauth) = (bench.identity_settings(&mailbox.uri()), bench.oauth_settings());
    merge(&mut identity, json!({"courier": {"smtp": {"from_address": "no-reply@example.org"}}}));
    let provider = json!({
        "url": loopback(bench.places.identity_admin),
        "headers": {"Authorization": format!("Bearer {}", bench.places.identity_key)},
    });
    merge(&mut oauth, json!({"urls": {"identity_provider": provider}}));
    let _identity = bench.start_identity(&identity).await?;
    let _oauth = bench.start_oauth(&oauth).await?;

    let (code, found) = findings("identity-service", &identity, bench.folder.path(), true).await?;
    assert_eq!(code, 0, "{found:#?}");
    assert!(!found.iter().any(|finding| finding.starts_with("wrong")), "{found:#?}");
    for part in [
        "every key is known",
        "the schema is this version's",
        "answers quickly",
        "answers in clear",
        "leads here",
        "takes the configured headers",
        "agrees with oauth-service's",
    ] {
        assert!(found.iter().any(|finding| finding.contains(part)), "{part}: {found:#?}");
    }
    // The secrets of the tests are short, which is worth a warning and no failure.
    assert_has(&found, "warning secrets secrets.default", "has 20 characters");
    assert!(mailbox.all().is_empty(), "no mail is sent");

    let (code, found) = findings("oauth-service", &oauth, bench.folder.path(), true).await?;
    assert_eq!(code, 0, "{found:#?}");
    for part in [
        "the schema is this version's",
        "hydra.openid.id-token signs with RS256",
        "is what its discovery document says",
        "is shown by identity-service",
        "takes the configured headers",
        "takes the configured key",
        "agrees with identity-service's",
    ] {
        assert!(found.iter().any(|finding| finding.contains(part)), "{part}: {found:#?}");
    }
    Ok(())
}

async fn two_that_do_not(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let places = &bench.places;
    let mailbox = Mailbox::start().await?;
    let (identity, oauth) = (bench.identity_settings(&mailbox.uri()), bench.oauth_settings());
    let _identity = bench.start_identity(&identity).await?;
    let _oauth = bench.start_oauth(&oauth).await?;
    let look = async |name, settings: &serde_json::Value, over| {
        let mut settings = settings.clone();
        merge(&mut settings, over);
        let (code, found) = findings(name, &settings, bench.folder.path(), true).await?;
        assert_eq!(code, 1, "{found:#?}");
        anyhow::Ok(found)
    };

    let wrong = json!({"Authorization": "Bearer a key that nobody knows"});
    let found = look("identity-service", &identity, json!({"oauth2_provider": {"headers": wrong}})).await?;
    assert_has(&found, "wrong oauth-service oauth2_provider.headers", "refuses the configured headers (status 401)");
    let public = json!({"oauth2_provider": {"url": loopback(places.oauth_public)}});
    let found = look("identity-service", &identity, public).await?;
    assert_has(&found, "wrong oauth-service oauth2_provider.url", "is not the admin API of oauth-service");

    let provider = json!({"url": loopback(places.identity_admin), "headers": wrong});
    let hook = |url: &str, key: &str| {
        let config = json!({"in": "header", "name": "Authorization", "value": format!("Bearer {key}")});
        json!({"oauth2": {"refresh_token_hook": {"url": url, "auth": {"type": "api_key", "config": config}}}})
    };
    let found = look("oauth-service", &oauth, json!({"urls": {"identity_provider": provider}})).await?;
    assert_has(&found, "wrong identity-service urls.identity_provider.headers", "refuses the configured headers");
    let at = format!("{}/admin/oauth2/token-hook", loopback(places.identity_admin));
    let found = look("oauth-service", &oauth, hook(&at, "a key that nobody knows")).await?;
    assert_has(&found, "wrong identity-service oauth2.refresh_token_hook.auth", "refuses the configured key");
    let elsewhere = format!("{}/admin/nothing", loopback(places.identity_admin));
    let found = look("oauth-service", &oauth, hook(&elsewhere, &places.identity_key)).await?;
    assert_has(&found, "wrong identity-service oauth2.refresh_token_hook.url", "there is no hook at");

    let slashless = json!({"urls": {"self": {"issuer": places.oauth()}}});
    let found = look("oauth-service", &oauth, slashless).await?;
    assert_has(&found, "wrong issuer urls.self.issuer", &format!("names {}", places.issuer()));
    let lost = json!({"urls": {"login": format!("{}/no/such/page", places.identity())}});
    let found = look("oauth-service", &oauth, lost).await?;
    assert_has(&found, "wrong pages urls.login", "is not there (status 404)");
    let unset = json!({"urls": {"login": null}});
    let found = look("oauth-service", &oauth, unset).await?;
    assert_has(&found, "wrong pages urls.login", "is not set");
    Ok(())
}

async fn one_that_is_alone(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let (identity, oauth) = (bench.identity_settings("smtp://127.0.0.1:1/"), bench.oauth_settings());
    let (code, found) = findings("identity-service", &identity, bench.folder.path(), true).await?;
    assert_eq!(code, 1);
    assert_has(&found, "wrong oauth-service oauth2_provider.url", "cannot be asked");
    assert_has(&found, "warning oauth-service serve.public.base_url", "cannot be reached from here");
    assert_has(&found, "wrong messages courier.smtp.connection_uri", "does not answer");
    let (code, found) = findings("oauth-service", &oauth, bench.folder.path(), true).await?;
    assert_eq!(code, 1);
    assert_has(&found, "warning issuer urls.self.issuer", "cannot be reached from here");
    assert_has(&found, "wrong pages urls.login", "cannot be reached from here");
    assert_has(&found, "wrong identity-service oauth2.refresh_token_hook.url", "cannot be asked");
    Ok(())
}
