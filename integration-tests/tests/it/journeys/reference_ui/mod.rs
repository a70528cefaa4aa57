//! Ory's interface for people in front of identity-service, in a real Chromium: every flow a person meets, on pages made by
//! the library Ory makes its reference interface with.

mod second_factor;
mod without_password;

use anyhow::{Context as _, ensure};
use integration_tests::{
    browser::Browser,
    login::{Authorization, CALLBACK, claims},
    ports,
    program::Program,
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};
use shared_types::testing::TestClock;
use thirtyfour::{By, WebElement, prelude::ElementWaitable as _};

use super::{
    browser::{button, fill, wait_for, wait_for_address},
    social,
};
use crate::{
    oauth::{PASSWORD, clock, text},
    support::{on_sqlite, world},
};

on_sqlite!(orys_interface_takes_a_person_through_every_flow);

const EMAIL: &str = "hedy@example.org";
const SCOPE: &str = "openid offline_access profile email";

/// Somebody with a browser at the interface.
struct Visit<'a> {
    world: &'a World,
    browser: &'a Browser,
    clock: &'a TestClock,
    /// Where the interface is.
    at: String,
}

/// Both services as someone configures them who brings this interface with him.
fn settings(ui: &str) -> Value {
    let rp = json!({ "id": "localhost", "display_name": "Portico", "origins": [ui] });
    let page = |name: &str| json!({ "ui_url": format!("{ui}/{name}") });
    let open = |name: &str| json!({ "ui_url": format!("{ui}/{name}"), "enabled": true });
    json!({"selfservice": {
        "default_browser_return_url": format!("{ui}/sessions"),
        "allowed_return_urls": [ui],
        "methods": {
            "totp": { "enabled": true, "config": { "issuer": "Portico" } },
            "lookup_secret": { "enabled": true },
            "passkey": { "enabled": true, "config": { "rp": rp } },
            "webauthn": { "enabled": true, "config": { "rp": rp, "passwordless": false } },
        },
        "flows": {
            "login": page("login"), "registration": page("registration"), "settings": page("settings"), "error": page("error"),
            "recovery": open("recovery"), "verification": open("verification"),
            "logout": { "after": { "default_browser_return_url": format!("{ui}/login") } },
        },
    }})
}

async fn orys_interface_takes_a_person_through_every_flow(engine: Engine) -> anyhow::Result<()> {
    let port = ports::free()?;
    let at = format!("http://localhost:{port}");
    let pages = json!({ "urls": {
        "login": format!("{at}/login"), "registration": format!("{at}/registration"),
        "consent": format!("{at}/consent"), "logout": format!("{at}/logout"),
    }});
    let clock = clock();
    let provider = ports::free()?;
    let elsewhere = social::settings(&format!("http://127.0.0.1:{provider}"));
    let setup = World::on(engine).at_localhost().clock(&clock);
    let world = world!(setup.identity(settings(&at)).identity(elsewhere).oauth(pages));
    let _provider = social::provider(provider, &world).await?;
    let _interface = Program::self_service_ui(port, &world.places).await?;
    let browser = Browser::start().await?;
    let visit = Visit { world: &world, browser: &browser, clock: &clock, at };
    let outcome = Box::pin(every_flow(&visit)).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

async fn every_flow(visit: &Visit<'_>) -> anyhow::Result<()> {
    registers_and_verifies(visit).await?;
    visit.log_out().await?;
    a_wrong_password_is_told(visit).await?;
    visit.log_in().await?;
    visit.wait_for_sessions().await?;
    Box::pin(at_a_client(visit)).await?;
    Box::pin(without_password::by_a_passkey(visit)).await?;
    Box::pin(without_password::by_a_provider(visit)).await?;
    Box::pin(second_factor::by_an_app(visit)).await?;
    let code = Box::pin(second_factor::by_backup_code(visit)).await?;
    Box::pin(second_factor::by_a_security_key(visit)).await?;
    Box::pin(without_password::by_recovery(visit, &code)).await
}

impl Visit<'_> {
    async fn open(&self, page: &str) -> anyhow::Result<()> {
        Ok(self.browser.driver.goto(format!("{}{page}", self.at)).await?)
    }

    async fn picture(&self, name: &str) -> anyhow::Result<()> {
        self.browser.screenshot(&format!("ui-{name}")).await
    }

    async fn fill(&self, name: &str, value: &str) -> anyhow::Result<()> {
        fill(self.browser, name, value).await
    }

    async fn press(&self, name: &str, value: &str) -> anyhow::Result<()> {
        Ok(button(self.browser, name, value).await?.click().await?)
    }

    /// A button with this name, whatever it is worth, once it can be pressed.
    async fn named(&self, name: &str) -> anyhow::Result<WebElement> {
        let found = self.browser.driver.find(By::Css(format!("button[name='{name}']"))).await?;
        found.wait_until().displayed().await.with_context(|| format!("{name} cannot be pressed"))?;
        Ok(found)
    }

    /// What the page says at this node.
    async fn says(&self, node: &str) -> anyhow::Result<String> {
        let found = self.browser.driver.find(By::Css(format!("[data-testid='node/text/{node}']"))).await?;
        Ok(found.text().await?)
    }

    async fn at_page(&self, page: &str) -> anyhow::Result<()> {
        wait_for_address(self.browser, &format!("{}{page}", self.at)).await.map(drop)
    }

    async fn wait_for_sessions(&self) -> anyhow::Result<()> {
        self.at_page("/sessions").await?;
        wait_for(self.browser, EMAIL).await
    }

    /// Identifier and password, on whatever page asks for them.
    async fn log_in(&self) -> anyhow::Result<()> {
        self.open("/login").await?;
        self.prove(PASSWORD).await
    }

    async fn prove(&self, password: &str) -> anyhow::Result<()> {
        self.fill("identifier", EMAIL).await?;
        self.fill("password", password).await?;
        self.press("method", "password").await
    }

    /// By the link of the sessions page, as people do.
    async fn log_out(&self) -> anyhow::Result<()> {
        self.open("/sessions").await?;
        let link = self.browser.driver.find(By::Css("a[href*='/self-service/logout']")).await?;
        let address = link.attr("href").await?.context("an address")?;
        self.browser.driver.goto(address).await?;
        self.at_page("/login").await?;
        ensure!(self.session().await?["error"]["code"] == 401, "the session lives on");
        Ok(())
    }

    /// The session, as the service tells the browser.
    async fn session(&self) -> anyhow::Result<Value> {
        self.browser.driver.goto(self.world.identity_url("/sessions/whoami")).await?;
        let said = self.browser.driver.find(By::Tag("pre")).await?.text().await?;
        Ok(serde_json::from_str(&said)?)
    }

    async fn is_at_level(&self, level: &str) -> anyhow::Result<()> {
        let session = self.session().await?;
        ensure!(session["authenticator_assurance_level"] == level, "{session}");
        Ok(())
    }
}

async fn registers_and_verifies(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/registration").await?;
    visit.fill("traits.email", EMAIL).await?;
    visit.fill("traits.name", "Hedy Lamarr").await?;
    visit.picture("01-registration").await?;
    visit.press("method", "profile").await?;
    visit.fill("password", PASSWORD).await?;
    visit.picture("02-registration-password").await?;
    visit.press("method", "password").await?;
    visit.at_page("/verification").await?;
    let code = visit.world.mailbox.newest(EMAIL).await?.code()?;
    visit.fill("code", &code).await?;
    visit.picture("03-verification").await?;
    visit.press("method", "code").await?;
    wait_for(visit.browser, "successfully verified").await?;
    visit.picture("04-verified").await?;
    visit.open("/sessions").await?;
    visit.wait_for_sessions().await?;
    visit.picture("05-sessions").await
}

async fn a_wrong_password_is_told(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/login").await?;
    visit.prove("not the password").await?;
    wait_for(visit.browser, "The provided credentials are invalid").await?;
    visit.picture("06-wrong-password").await
}

/// The interface shows login, consent and logout of oauth-service as well.
async fn at_a_client(visit: &Visit<'_>) -> anyhow::Result<()> {
    let goodbye = CALLBACK.replace("callback", "goodbye");
    let client =
        visit.world.client(json!({ "client_name": "Partner Portal", "post_logout_redirect_uris": [goodbye] })).await?;
    let authorization = Authorization::new(visit.world, text(&client, "client_id")?, SCOPE)?;
    let driver = &visit.browser.driver;
    visit.log_out().await?;
    driver.goto(authorization.url.as_str()).await?;
    visit.prove(PASSWORD).await?;
    wait_for(visit.browser, "Partner Portal").await?;
    visit.picture("07-consent").await?;
    for scope in driver.find_all(By::Css("input[name='grant_scope']")).await? {
        scope.click().await?;
    }
    visit.press("consent_action", "accept").await?;
    let end = wait_for_address(visit.browser, CALLBACK).await?;
    let code = end.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
    let answer = authorization.exchange(visit.world, &code.with_context(|| format!("no code at {end}"))?).await?;
    let tokens = answer.expect(200)?;
    let id_token = text(&tokens, "id_token")?;
    let told = claims(id_token)?;
    ensure!(told["email"] == EMAIL && told["email_verified"] == true && told["name"] == "Hedy Lamarr", "{told}");

    let out = url::Url::parse_with_params(
        &visit.world.oauth_url("/oauth2/sessions/logout"),
        [("id_token_hint", id_token), ("post_logout_redirect_uri", &goodbye)],
    )?;
    driver.goto(out.as_str()).await?;
    visit.picture("08-logout").await?;
    visit.press("submit", "Yes").await?;
    wait_for_address(visit.browser, &goodbye).await.map(drop)
}
