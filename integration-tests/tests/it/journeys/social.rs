//! Signing in at a provider nobody here wrote (npm `oidc-provider`), in a real Chromium: its discovery, its PKCE, its pages.

use anyhow::ensure;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use integration_tests::{browser::Browser, ports, program::Program, settings::Engine, world::World};
use serde_json::{Value, json};
use thirtyfour::{By, prelude::ElementWaitable as _};

use super::browser::{button, fill, wait_for, wait_for_address};
use crate::{
    oauth::PASSWORD,
    support::{on_sqlite, world},
};

on_sqlite!(people_sign_in_at_a_provider);

const CLIENT: [&str; 2] = ["portico", "not-a-secret-of-the-tests"];
/// Without the provider's name, as always where PKCE is forced.
const CALLBACK: &str = "/self-service/methods/oidc/callback";

/// The mapper of Kratos's documentation: an address counts when the provider says that it is proven.
const MAPPER: &str = "
    local claims = std.extVar('claims');
    local proven = 'email' in claims && claims.email_verified;
    {identity: {
        traits: {[if proven then 'email']: claims.email, name: claims.name},
        verified_addresses: if proven then [{via: 'email', value: claims.email}] else [],
    }}";

/// How identity-service is told of the provider at this address.
pub(super) fn settings(issuer: &str) -> Value {
    json!({"selfservice": {
        "methods": { "oidc": { "enabled": true, "config": { "providers": [{
            "id": "upstream", "provider": "generic", "label": "Elsewhere", "issuer_url": issuer,
            "client_id": CLIENT[0], "client_secret": CLIENT[1], "scope": ["openid", "email", "profile"],
            "pkce": "force", "claims_source": "userinfo", "mapper_url": format!("base64://{}", STANDARD.encode(MAPPER)),
        }] } } },
        "flows": { "registration": { "after": { "oidc": { "hooks": [{ "hook": "session" }] } } } },
    }})
}

/// The provider on this port, knowing the identity-service of this world.
pub(super) async fn provider(port: u16, world: &World) -> anyhow::Result<Program> {
    Program::provider(port, CLIENT, &world.identity_url(CALLBACK)).await
}

/// Signs in at the provider, which asks for a name, takes any password, and asks whether it may tell.
pub(super) async fn pass(browser: &Browser, name: &str) -> anyhow::Result<()> {
    fill(browser, "login", name).await?;
    fill(browser, "password", "anything").await?;
    browser.screenshot("social-1-provider").await?;
    browser.driver.find(By::Css("button[type=submit]")).await?.click().await?;
    wait_for(browser, "Authorize").await?;
    browser.screenshot("social-2-provider-asks").await?;
    browser.driver.find(By::Css("button[type=submit]")).await?.click().await?;
    Ok(())
}

async fn people_sign_in_at_a_provider(engine: Engine) -> anyhow::Result<()> {
    let port = ports::free()?;
    let issuer = format!("http://127.0.0.1:{port}");
    let world = world!(World::on(engine).at_localhost().identity(settings(&issuer)));
    let _provider = provider(port, &world).await?;
    let browser = Browser::start().await?;
    let visit = Visit { world: &world, browser: &browser, issuer };
    let outcome = Box::pin(visits(&visit)).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

struct Visit<'a> {
    world: &'a World,
    browser: &'a Browser,
    issuer: String,
}

async fn visits(visit: &Visit<'_>) -> anyhow::Result<()> {
    let anna = registers_and_comes_again(visit).await?;
    Box::pin(links_and_unlinks(visit, &anna)).await?;
    Box::pin(an_unproven_address_is_not_taken(visit)).await
}

impl Visit<'_> {
    async fn open(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.browser.driver.goto(self.world.identity_url(path)).await?)
    }

    async fn press(&self, name: &str) -> anyhow::Result<()> {
        let found = button(self.browser, name, "upstream").await?;
        found.wait_until().displayed().await?;
        Ok(found.click().await?)
    }

    /// Nobody is signed in, here or there.
    async fn forget(&self) -> anyhow::Result<()> {
        for place in [self.issuer.clone(), self.world.identity_url("/health/alive")] {
            self.browser.driver.goto(place).await?;
            self.browser.driver.delete_all_cookies().await?;
        }
        Ok(())
    }

    async fn welcome(&self) -> anyhow::Result<Value> {
        wait_for_address(self.browser, &self.world.identity_url("/welcome")).await?;
        self.session().await
    }

    async fn session(&self) -> anyhow::Result<Value> {
        self.open("/sessions/whoami").await?;
        let said = self.browser.driver.find(By::Tag("pre")).await?.text().await?;
        Ok(serde_json::from_str(&said)?)
    }
}

/// Somebody new registers; whoever is still signed in there is asked nothing the next time.
async fn registers_and_comes_again(visit: &Visit<'_>) -> anyhow::Result<String> {
    visit.open("/registration").await?;
    visit.press("provider").await?;
    pass(visit.browser, "anna").await?;
    let first = visit.welcome().await?;
    let identity = &first["identity"];
    ensure!(identity["traits"] == json!({ "email": "anna@example.org", "name": "anna of elsewhere" }), "{first}");
    ensure!(identity["verifiable_addresses"][0]["verified"] == true, "{first}");
    ensure!(first["authentication_methods"][0]["provider"] == "upstream", "{first}");

    visit.browser.driver.delete_all_cookies().await?;
    visit.open("/login").await?;
    visit.browser.screenshot("social-3-login").await?;
    visit.press("provider").await?;
    let again = visit.welcome().await?;
    ensure!(again["identity"]["id"] == identity["id"] && again["id"] != first["id"], "{again}");
    Ok(identity["id"].as_str().unwrap_or_default().to_owned())
}

/// Who has a password links an account, signs in by it, and unlinks it.
async fn links_and_unlinks(visit: &Visit<'_>, anna: &str) -> anyhow::Result<()> {
    let bert = visit.world.identity("bert@example.org", PASSWORD, json!({})).await?;
    visit.forget().await?;
    visit.open("/login").await?;
    fill(visit.browser, "identifier", "bert@example.org").await?;
    fill(visit.browser, "password", PASSWORD).await?;
    button(visit.browser, "method", "password").await?.click().await?;
    wait_for_address(visit.browser, &visit.world.identity_url("/welcome")).await?;
    visit.open("/settings").await?;
    visit.press("link").await?;
    pass(visit.browser, "bertold").await?;
    button(visit.browser, "unlink", "upstream").await?;
    visit.browser.screenshot("social-4-linked").await?;

    visit.browser.driver.delete_all_cookies().await?;
    visit.open("/login").await?;
    visit.press("provider").await?;
    let linked = visit.welcome().await?;
    ensure!(linked["identity"]["id"] == bert["id"], "{linked}");

    visit.open("/settings").await?;
    visit.press("unlink").await?;
    button(visit.browser, "link", "upstream").await?;
    visit.browser.driver.delete_all_cookies().await?;
    visit.open("/login").await?;
    visit.press("provider").await?;
    // Nobody here is called so any more: somebody new is made of him.
    let stranger = visit.welcome().await?;
    let id = &stranger["identity"]["id"];
    ensure!(id != &bert["id"] && id != anna, "{stranger}");
    ensure!(stranger["identity"]["traits"]["email"] == "bertold@example.org", "{stranger}");
    Ok(())
}

/// An address the provider does not vouch for is asked for here, and nobody is signed in before it is given.
async fn an_unproven_address_is_not_taken(visit: &Visit<'_>) -> anyhow::Result<()> {
    let victim = visit.world.identity("unproven@example.org", PASSWORD, json!({})).await?;
    visit.forget().await?;
    visit.open("/login").await?;
    visit.press("provider").await?;
    pass(visit.browser, "unproven").await?;
    wait_for_address(visit.browser, &visit.world.identity_url("/registration")).await?;
    visit.browser.screenshot("social-5-unproven").await?;
    fill(visit.browser, "traits.email", "unproven@example.org").await?;
    visit.press("provider").await?;
    wait_for(visit.browser, "exists already").await?;
    visit.browser.screenshot("social-6-taken").await?;
    let nobody = visit.session().await?;
    ensure!(nobody["error"]["code"] == 401, "{nobody}");
    let url = format!("/admin/identities/{}", victim["id"].as_str().unwrap_or_default());
    let still = visit.world.identity_admin("GET", &url, None).await?.expect(200)?;
    ensure!(still["credentials"].get("oidc").is_none(), "{still}");
    Ok(())
}
