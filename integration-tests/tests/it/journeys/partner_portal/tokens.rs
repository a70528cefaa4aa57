//! The portal's tokens: refreshed before they end, once for many requests, and no longer than the provider allows.

use anyhow::ensure;
use integration_tests::person::plain_client;
use serde_json::json;

use super::{ADA, Visit, wait_for};

/// Tokens of half a minute are refreshed at every request. Twenty at once share one refresh: a second use of a refresh token would
/// end the chain, and the session with it.
pub(super) async fn are_refreshed_once_for_many(visit: &Visit<'_>) -> anyhow::Result<()> {
    short_lived(visit).await?;
    visit.open("/").await?;
    visit.press("Read it again now").await?;
    wait_for(visit.browser, "viewer at Acme").await?;
    let cookie = visit.cookie().await?;
    visit.change("admin", &super::ALL).await?;
    let client = plain_client()?;
    for _ in 0..2 {
        let mut under_way = Vec::new();
        for _ in 0..20 {
            let request =
                client.get(format!("{}/invoices", visit.at)).header("cookie", format!("portal_session={cookie}"));
            under_way.push(tokio::spawn(request.send()));
        }
        for answer in under_way {
            let answer = answer.await??;
            ensure!(answer.status() == 200, "one of many is answered with {}", answer.status());
        }
    }
    // Nobody pressed a button: the new role came with the refresh.
    visit.open("/invoices").await?;
    wait_for(visit.browser, "R-5501").await?;
    visit.change("viewer", &["orders:read"]).await?;
    visit.open("/invoices").await?;
    wait_for(visit.browser, "There is no such page").await
}

/// From the next token on.
async fn short_lived(visit: &Visit<'_>) -> anyhow::Result<()> {
    let lives = json!([
        { "op": "add", "path": "/authorization_code_grant_access_token_lifespan", "value": "30s" },
        { "op": "add", "path": "/refresh_token_grant_access_token_lifespan", "value": "30s" },
    ]);
    let path = format!("/admin/clients/{}", visit.client);
    visit.world.oauth_admin("PATCH", &path, Some(&lives)).await?.expect(200).map(drop)
}

/// A disabled person's refresh is refused, and that ends the session.
pub(super) async fn who_is_disabled_is_out(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/orders").await?;
    visit.sign_in(ADA).await?;
    visit.at_page("/orders").await?;
    let cookie = visit.cookie().await?;
    let patch = json!([{ "op": "replace", "path": "/state", "value": "inactive" }]);
    let ada = format!("/admin/identities/{}", visit.ada);
    visit.world.identity_admin("PATCH", &ada, Some(&patch)).await?.expect(200)?;
    visit.until_signed_out(&cookie).await
}

impl Visit<'_> {
    /// The name of the portal's session.
    pub(super) async fn cookie(&self) -> anyhow::Result<String> {
        self.open("/health").await?;
        Ok(self.browser.driver.get_named_cookie("portal_session").await?.value)
    }

    /// Until the portal sends whoever has this session to sign in.
    pub(super) async fn until_signed_out(&self, cookie: &str) -> anyhow::Result<()> {
        let client = plain_client()?;
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let request =
                client.get(format!("{}/orders", self.at)).header("cookie", format!("portal_session={cookie}"));
            if request.send().await?.status().is_redirection() {
                return Ok(());
            }
            ensure!(tokio::time::Instant::now() < deadline, "the session goes on");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}
