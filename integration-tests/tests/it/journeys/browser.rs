//! One whole journey in a real Chromium: what a person sees and clicks, pictures kept outside of the repository.

use anyhow::Context as _;
use integration_tests::{
    browser::Browser,
    login::{Authorization, CALLBACK},
    settings::Engine,
    world::World,
};
use serde_json::json;
use thirtyfour::{By, WebElement};

use crate::{
    oauth::{PASSWORD, text},
    support::{on_sqlite, world},
};

on_sqlite!(a_person_registers_and_logs_in_at_a_client);

const EMAIL: &str = "hedy@example.org";
const WAIT: std::time::Duration = std::time::Duration::from_secs(20);

async fn a_person_registers_and_logs_in_at_a_client(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let client = world.client(json!({ "client_name": "Partner Portal" })).await?;
    let authorization = Authorization::new(&world, text(&client, "client_id")?, "openid offline_access profile email")?;
    let browser = Browser::start().await?;
    let outcome = journey(&world, &browser, &authorization).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

async fn journey(world: &World, browser: &Browser, authorization: &Authorization) -> anyhow::Result<()> {
    let driver = &browser.driver;
    driver.goto(world.identity_url("/registration")).await?;
    browser.screenshot("1-registration").await?;
    fill(browser, "traits.email", EMAIL).await?;
    fill(browser, "traits.name", "Hedy Lamarr").await?;
    button(browser, "method", "profile").await?.click().await?;
    fill(browser, "password", PASSWORD).await?;
    browser.screenshot("2-password").await?;
    button(browser, "method", "password").await?.click().await?;

    let code = world.mailbox.newest(EMAIL).await?.code()?;
    fill(browser, "code", &code).await?;
    browser.screenshot("3-verification").await?;
    button(browser, "method", "code").await?.click().await?;
    wait_for(browser, "verified").await?;
    browser.screenshot("4-verified").await?;

    driver.delete_all_cookies().await?;
    driver.goto(authorization.url.as_str()).await?;
    fill(browser, "identifier", EMAIL).await?;
    fill(browser, "password", "not the password").await?;
    button(browser, "method", "password").await?.click().await?;
    driver.find(By::Css("[role=alert]")).await.context("a wrong password is not told")?;
    browser.screenshot("5-wrong-password").await?;
    fill(browser, "password", PASSWORD).await?;
    button(browser, "method", "password").await?.click().await?;

    let consent = driver.find(By::Tag("main")).await?.text().await?;
    wait_for(browser, "Partner Portal").await.with_context(|| consent.clone())?;
    browser.screenshot("6-consent").await?;
    button(browser, "action", "accept").await?.click().await?;
    // Nobody listens at the callback; the address bar is what counts.
    let end = wait_for_address(browser, CALLBACK).await?;
    let code =
        end.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned()).context("a code")?;
    authorization.exchange(world, &code).await?.expect(200)?;
    Ok(())
}

pub(super) async fn fill(browser: &Browser, name: &str, value: &str) -> anyhow::Result<()> {
    let field = browser.driver.find(By::Css(format!("input[name='{name}']:not([type=hidden])"))).await?;
    field.clear().await?;
    field.send_keys(value).await?;
    Ok(())
}

pub(super) async fn button(browser: &Browser, name: &str, value: &str) -> anyhow::Result<WebElement> {
    let css = format!("button[name='{name}'][value='{value}']");
    Ok(browser.driver.find(By::Css(css)).await?)
}

/// Until the page says this word.
pub(super) async fn wait_for(browser: &Browser, word: &str) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + WAIT;
    loop {
        let said = match browser.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        if said.to_lowercase().contains(&word.to_lowercase()) {
            return Ok(());
        }
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "the page never says {word:?}: {said}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

pub(super) async fn wait_for_address(browser: &Browser, prefix: &str) -> anyhow::Result<url::Url> {
    let deadline = tokio::time::Instant::now() + WAIT;
    loop {
        let url = browser.driver.current_url().await?;
        if url.as_str().starts_with(prefix) {
            return Ok(url);
        }
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "the browser stays at {url}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
