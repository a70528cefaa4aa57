//! What is asked for after the password: an app's code, a backup code, a security key.

use anyhow::{Context as _, ensure};
use integration_tests::totp;
use serde_json::json;
use shared_types::time::Clock as _;

use super::{Visit, wait_for};

/// Sets up an authenticator app, and signs in with it.
pub(super) async fn by_an_app(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/settings").await?;
    let secret = visit.says("totp_secret_key").await?;
    let secret = secret.split_whitespace().last().context("a secret")?.to_owned();
    visit.fill("totp_code", &totp::code(&secret, visit.clock.now())?).await?;
    visit.picture("10-settings").await?;
    visit.press("method", "totp").await?;
    visit.named("totp_unlink").await?;
    wait_for(visit.browser, "changes have been saved").await?;

    visit.log_out().await?;
    visit.log_in().await?;
    // The interface asks who is there, is told that this is not enough, and begins the second step.
    visit.clock.advance(chrono::Duration::seconds(31));
    visit.fill("totp_code", &totp::code(&secret, visit.clock.now())?).await?;
    visit.picture("11-second-step").await?;
    visit.press("method", "totp").await?;
    visit.wait_for_sessions().await?;
    visit.is_at_level("aal2").await
}

/// Makes backup codes, and signs in with one. Another one, for later.
pub(super) async fn by_backup_code(visit: &Visit<'_>) -> anyhow::Result<String> {
    visit.open("/settings").await?;
    visit.named("lookup_secret_regenerate").await?.click().await?;
    let codes = visit.says("lookup_secret_codes").await?;
    visit.picture("12-backup-codes").await?;
    let mut codes = codes.split_whitespace().rev().map(str::to_owned);
    let (code, another) = codes.next().zip(codes.next()).context("two codes")?;
    visit.named("lookup_secret_confirm").await?.click().await?;
    visit.named("lookup_secret_reveal").await?;

    visit.log_out().await?;
    visit.log_in().await?;
    visit.fill("lookup_secret", &code).await?;
    visit.press("method", "lookup_secret").await?;
    visit.wait_for_sessions().await?;
    visit.is_at_level("aal2").await?;
    Ok(another)
}

/// Adds a security key, and signs in with it.
pub(super) async fn by_a_security_key(visit: &Visit<'_>) -> anyhow::Result<()> {
    let key = visit.browser.authenticator(json!({ "transport": "usb", "hasResidentKey": false })).await?;
    visit.open("/settings").await?;
    visit.fill("webauthn_register_displayname", "Blue key").await?;
    visit.named("webauthn_register_trigger").await?.click().await?;
    visit.named("webauthn_remove").await?;
    ensure!(visit.browser.keys_of(&key).await?.len() == 1);

    visit.log_out().await?;
    visit.log_in().await?;
    let trigger = visit.named("webauthn_login_trigger").await?;
    visit.picture("13-security-key").await?;
    trigger.click().await?;
    visit.wait_for_sessions().await?;
    visit.is_at_level("aal2").await?;
    visit.browser.remove(&key).await
}
