//! The partner portal of `deploy/examples` in a real Chromium, in front of both services and of the example APIs.

mod apis;
mod tokens;

use anyhow::{Context as _, ensure};
use integration_tests::{
    browser::Browser,
    ports,
    program::{Program, RESOURCE},
    settings::{Engine, loopback},
    totp,
    world::World,
};
use serde_json::{Value, json};
use shared_types::time::{Clock as _, SystemClock};
use thirtyfour::By;

use super::browser::{button, fill, wait_for, wait_for_address};
use crate::{
    oauth::{PASSWORD, text},
    support::{on_sqlite, world},
};

on_sqlite!(a_partner_sees_what_the_role_allows);

const ADA: &str = "ada@acme.example";
const BEN: &str = "ben@acme.example";
const SECRET: &str = "not-a-secret-of-the-portal";
const ALL: [&str; 4] = ["orders:read", "invoices:read", "team:manage", "bank:read"];

/// Somebody with a browser at the portal.
struct Visit<'a> {
    world: &'a World,
    browser: &'a Browser,
    /// Where the portal is.
    at: String,
    client: String,
    /// Ada's id.
    ada: String,
}

/// Second factors are there for who has one, and asked for by who wants them.
fn identity() -> Value {
    json!({
        "selfservice": { "methods": { "totp": { "enabled": true, "config": { "issuer": "Portico" } } } },
        "session": { "whoami": { "required_aal": "aal1" } },
    })
}

fn oauth() -> Value {
    json!({
        "strategies": { "access_token": "jwt", "jwt": { "profile": "rfc9068" } },
        "oauth2": { "access_token_alg": "ES256" },
    })
}

fn client(portal: &str) -> Value {
    json!({
        "client_id": "partner-portal", "client_secret": SECRET, "client_name": "Partner portal",
        "redirect_uris": [format!("{portal}/auth/callback")],
        "post_logout_redirect_uris": [format!("{portal}/signed-out")],
        "backchannel_logout_uri": format!("{portal}/auth/backchannel"),
        "backchannel_logout_session_required": true,
        "audience": [RESOURCE], "token_endpoint_auth_method": "client_secret_basic",
        "skip_consent": true, "skip_logout_consent": true,
    })
}

async fn a_partner_sees_what_the_role_allows(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(identity()).oauth(oauth()));
    let (port, rust, go) = (ports::free()?, ports::free()?, ports::free()?);
    let at = loopback(port);
    let client = text(&world.client(client(&at)).await?, "client_id")?.to_owned();
    let of_acme = |name: &str, role: &str, permissions: &[&str]| json!({ "name": name, "company_id": "acme", "role": role, "permissions": permissions });
    let ada = world.identity(ADA, PASSWORD, of_acme("Ada Adler", "admin", &ALL)).await?;
    world.identity(BEN, PASSWORD, of_acme("Ben Baker", "buyer", &["orders:read"])).await?;
    let _rust = Program::partner_api("partner-api-rust", rust, &world.places).await?;
    let _go = Program::partner_api("partner-api-go", go, &world.places).await?;
    let _portal = Program::partner_portal(port, [&client, SECRET], &loopback(rust), &world.places).await?;
    let browser = Browser::start().await?;
    let visit = Visit { world: &world, browser: &browser, at, client, ada: text(&ada, "id")?.to_owned() };
    let mut outcome = Box::pin(apis::answer_as_the_standards_say(&visit, &[loopback(rust), loopback(go)])).await;
    if outcome.is_ok() {
        outcome = Box::pin(everything(&visit)).await;
    }
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

async fn everything(visit: &Visit<'_>) -> anyhow::Result<()> {
    a_buyer_sees_orders_alone(visit).await?;
    a_role_that_is_taken_away_takes_its_pages_along(visit).await?;
    Box::pin(a_sensitive_page_wants_a_second_factor(visit)).await?;
    Box::pin(tokens::are_refreshed_once_for_many(visit)).await?;
    Box::pin(signing_out_elsewhere_signs_out_here(visit)).await?;
    Box::pin(tokens::who_is_disabled_is_out(visit)).await
}

async fn a_buyer_sees_orders_alone(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/").await?;
    wait_for(visit.browser, "Welcome").await?;
    visit.pictures("1-welcome").await?;
    // A page somebody was sent to is where signing in leads.
    visit.open("/orders").await?;
    visit.sign_in(BEN).await?;
    visit.at_page("/orders").await?;
    wait_for(visit.browser, "40 crates of bolts").await?;
    ensure!(visit.menu().await? == ["Overview", "Orders"], "{:?}", visit.menu().await?);
    visit.pictures("2-orders").await?;
    for path in ["/invoices", "/team", "/bank"] {
        visit.open(path).await?;
        wait_for(visit.browser, "There is no such page").await?;
    }
    visit.press("Sign out").await?;
    visit.at_page("/signed-out").await?;
    visit.pictures("3-signed-out").await?;
    // At the provider, too: it asks for a password again.
    visit.open("/orders").await?;
    visit.browser.driver.find(By::Css("input[name='password']")).await.context("no password is asked for")?;
    Ok(())
}

async fn a_role_that_is_taken_away_takes_its_pages_along(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.sign_in(ADA).await?;
    visit.at_page("/orders").await?;
    ensure!(visit.menu().await? == ["Overview", "Orders", "Invoices", "Team", "Bank account"]);
    visit.open("/team").await?;
    wait_for(visit.browser, "Ben Baker").await?;
    visit.pictures("4-team").await?;
    visit.change("viewer", &["orders:read", "bank:read"]).await?;
    visit.open("/").await?;
    wait_for(visit.browser, "admin at Acme").await?;
    visit.pictures("5-overview").await?;
    visit.press("Read it again now").await?;
    wait_for(visit.browser, "viewer at Acme").await?;
    ensure!(visit.menu().await? == ["Overview", "Orders", "Bank account"], "{:?}", visit.menu().await?);
    visit.open("/team").await?;
    wait_for(visit.browser, "There is no such page").await?;
    visit.pictures("6-gone").await
}

/// RFC 9470 from the API's challenge to the page: without a second factor it is explained, with one it is asked for.
async fn a_sensitive_page_wants_a_second_factor(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/bank").await?;
    fill(visit.browser, "password", PASSWORD).await?;
    button(visit.browser, "method", "password").await?.click().await?;
    wait_for(visit.browser, "A second factor is needed").await?;
    visit.pictures("7-second-factor-needed").await?;
    visit.browser.driver.goto(visit.world.identity_url("/settings")).await?;
    let shown = visit.browser.driver.find(By::Css("div.secret code")).await?.text().await?;
    let secret = shown.split_whitespace().collect::<String>();
    fill(visit.browser, "totp_code", &totp::code(&secret, SystemClock.now())?).await?;
    button(visit.browser, "method", "totp").await?.click().await?;
    wait_for(visit.browser, "changes have been saved").await?;
    visit.open("/bank").await?;
    // A code is good once: this is the one the app shows next.
    let next = totp::code(&secret, SystemClock.now() + chrono::Duration::seconds(30))?;
    fill(visit.browser, "totp_code", &next).await?;
    visit.browser.screenshot("portal-8-step-up").await?;
    button(visit.browser, "method", "totp").await?.click().await?;
    visit.at_page("/bank").await?;
    wait_for(visit.browser, "DE02 1203").await?;
    visit.pictures("9-bank").await?;
    visit.open("/").await?;
    wait_for(visit.browser, "two factors").await
}

/// Back-channel logout: the portal is told, not the browser.
async fn signing_out_elsewhere_signs_out_here(visit: &Visit<'_>) -> anyhow::Result<()> {
    visit.open("/orders").await?;
    visit.at_page("/orders").await?;
    visit.browser.driver.goto(visit.world.oauth_url("/oauth2/sessions/logout")).await?;
    button(visit.browser, "action", "accept").await?.click().await?;
    let cookie = visit.cookie().await?;
    visit.until_signed_out(&cookie).await?;
    visit.open("/").await?;
    wait_for(visit.browser, "Welcome").await
}

impl Visit<'_> {
    async fn open(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.browser.driver.goto(format!("{}{path}", self.at)).await?)
    }

    async fn at_page(&self, path: &str) -> anyhow::Result<()> {
        wait_for_address(self.browser, &format!("{}{path}", self.at)).await.map(drop)
    }

    async fn sign_in(&self, email: &str) -> anyhow::Result<()> {
        fill(self.browser, "identifier", email).await?;
        fill(self.browser, "password", PASSWORD).await?;
        Ok(button(self.browser, "method", "password").await?.click().await?)
    }

    async fn press(&self, label: &str) -> anyhow::Result<()> {
        let path = format!("//button[normalize-space()='{label}']");
        Ok(self.browser.driver.find(By::XPath(path)).await?.click().await?)
    }

    /// The pages the portal links to.
    async fn menu(&self) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for link in self.browser.driver.find_all(By::Css("nav a")).await? {
            names.push(link.text().await?);
        }
        Ok(names)
    }

    /// Gives Ada another role.
    async fn change(&self, role: &str, permissions: &[&str]) -> anyhow::Result<()> {
        let patch = json!([
            { "op": "replace", "path": "/traits/role", "value": role },
            { "op": "replace", "path": "/traits/permissions", "value": permissions },
        ]);
        let ada = format!("/admin/identities/{}", self.ada);
        self.world.identity_admin("PATCH", &ada, Some(&patch)).await?.expect(200).map(drop)
    }

    /// Light, dark and on a phone, where pictures are wanted.
    async fn pictures(&self, name: &str) -> anyhow::Result<()> {
        if std::env::var_os("PORTICO_SCREENSHOTS").is_none() {
            return Ok(());
        }
        let tools = self.browser.driver.cdp();
        for (theme, width) in [("light", 1100), ("dark", 1100), ("dark", 360), ("light", 360)] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            tools.send_raw("Emulation.setEmulatedMedia", media).await?;
            let screen = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500 });
            tools.send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
            self.browser.screenshot(&format!("portal-{name}-{theme}-{width}")).await?;
        }
        tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        tools.send_raw("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
        Ok(())
    }
}
