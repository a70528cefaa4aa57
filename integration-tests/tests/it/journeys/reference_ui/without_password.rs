//! Ways in for who has no password, or has it no more: a passkey, a provider, and recovery by mail.

use anyhow::ensure;
use serde_json::json;

use super::{EMAIL, Visit, social, wait_for};

const NEW: &str = "frequency-Hopping-1942";

/// Adds a passkey, and signs in with nothing else.
pub(super) async fn by_a_passkey(visit: &Visit<'_>) -> anyhow::Result<()> {
    let own = visit.browser.authenticator(json!({ "transport": "internal", "hasResidentKey": true })).await?;
    // Nothing is suggested where a name is typed, as the service's script does for test drivers: there is the button.
    let quiet = json!({ "source": "window.Cypress = {}" });
    visit.browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", quiet).await?;
    visit.open("/settings").await?;
    visit.named("passkey_register_trigger").await?.click().await?;
    visit.named("passkey_remove").await?;
    ensure!(visit.browser.keys_of(&own).await?.len() == 1);
    visit.picture("20-settings-with-all").await?;

    visit.log_out().await?;
    visit.open("/login").await?;
    visit.named("passkey_login_trigger").await?.click().await?;
    visit.wait_for_sessions().await?;
    let session = visit.session().await?;
    ensure!(session["authentication_methods"][0]["method"] == "passkey", "{session}");
    visit.browser.remove(&own).await
}

/// Links an account at a provider, and signs in there.
pub(super) async fn by_a_provider(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/settings").await?;
    visit.press("link", "upstream").await?;
    social::pass(visit.browser, "lamarr").await?;
    visit.named("unlink").await?;
    visit.log_out().await?;
    visit.open("/login").await?;
    visit.picture("24-login-with-all").await?;
    visit.press("provider", "upstream").await?;
    visit.wait_for_sessions().await?;
    let session = visit.session().await?;
    ensure!(session["authentication_methods"][0]["provider"] == "upstream", "{session}");
    Ok(())
}

/// Forgets the password, proves the address and the second factor, and sets another.
pub(super) async fn by_recovery(visit: &Visit<'_>, backup_code: &str) -> anyhow::Result<()> {
    let seen = visit.world.mailbox.all().len();
    visit.log_out().await?;
    visit.open("/recovery").await?;
    visit.fill("email", EMAIL).await?;
    visit.picture("21-recovery").await?;
    visit.press("method", "code").await?;
    let code = visit.world.mailbox.after(EMAIL, seen).await?.code()?;
    visit.fill("code", &code).await?;
    visit.picture("22-recovery-code").await?;
    visit.press("method", "code").await?;
    visit.fill("lookup_secret", backup_code).await?;
    visit.press("method", "lookup_secret").await?;
    visit.at_page("/settings").await?;
    visit.fill("password", NEW).await?;
    visit.picture("23-new-password").await?;
    visit.press("method", "password").await?;
    wait_for(visit.browser, "changes have been saved").await?;
    visit.log_out().await?;
    visit.open("/login").await?;
    visit.prove(NEW).await?;
    // The password is right: the second step begins.
    visit.named("webauthn_login_trigger").await.map(drop)
}
