//! Passkeys and security keys in a real Chromium, with authenticators it simulates: its own CBOR, its own signatures, its
//! own idea of which page may ask.

use anyhow::{Context as _, ensure};
use integration_tests::{browser::Browser, settings::Engine, world::World};
use serde_json::{Value, json};
use thirtyfour::{By, WebElement, prelude::ElementWaitable as _};

use super::browser::{button, fill, wait_for_address};
use crate::{
    oauth::PASSWORD,
    support::{on_sqlite, world},
};

on_sqlite!(passkeys_register_and_sign_in, a_security_key_is_asked_for_after_the_password);

/// Keys for this machine.
fn keys() -> Value {
    let rp = json!({ "id": "localhost", "display_name": "Portico" });
    json!({"selfservice": {
        "methods": {
            "passkey": { "enabled": true, "config": { "rp": rp } },
            "webauthn": { "enabled": true, "config": { "rp": rp, "passwordless": false } },
        },
        "flows": { "registration": { "after": { "passkey": { "hooks": [{ "hook": "session" }] } } } },
    }})
}

/// Runs a journey, shows where it ended when it failed, and cleans up.
async fn with_browser(
    engine: Engine,
    journey: impl AsyncFn(&World, &Browser) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let world = world!(World::on(engine).at_localhost().identity(keys()));
    let browser = Browser::start().await?;
    let outcome = journey(&world, &browser).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

/// A button that starts a ceremony.
async fn trigger(browser: &Browser, function: &str) -> anyhow::Result<WebElement> {
    let found = browser.driver.find(By::Css(format!("button[data-onclick='{function}']"))).await?;
    found.wait_until().displayed().await.with_context(|| format!("{function} cannot be pressed"))?;
    Ok(found)
}

/// The session, as the service tells the browser.
async fn session(world: &World, browser: &Browser) -> anyhow::Result<Value> {
    browser.driver.goto(world.identity_url("/sessions/whoami")).await?;
    let text = browser.driver.find(By::Tag("pre")).await?.text().await?;
    Ok(serde_json::from_str(&text)?)
}

/// Where the script does not come, nobody is shown a button that does nothing.
async fn without_the_script(world: &World, browser: &Browser) -> anyhow::Result<()> {
    let cdp = browser.driver.cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({ "urls": ["*webauthn.js*"] })).await?;
    browser.driver.goto(world.identity_url("/login")).await?;
    let dead = browser.driver.find(By::Css("button[data-onclick='oryPasskeyLogin']")).await?;
    ensure!(!dead.is_displayed().await?, "a button is shown that does nothing");
    cdp.send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    Ok(())
}

async fn passkeys_register_and_sign_in(engine: Engine) -> anyhow::Result<()> {
    with_browser(engine, async |world, browser| {
        let driver = &browser.driver;
        let welcome = world.identity_url("/welcome");
        let own = browser.authenticator(json!({ "transport": "internal", "hasResidentKey": true })).await?;
        without_the_script(world, browser).await?;

        driver.goto(world.identity_url("/registration")).await?;
        fill(browser, "traits.email", "hedy@example.org").await?;
        fill(browser, "traits.name", "Hedy Lamarr").await?;
        button(browser, "method", "profile").await?.click().await?;
        browser.screenshot("keys-1-registration").await?;
        trigger(browser, "oryPasskeyRegistration").await?.click().await?;
        wait_for_address(browser, &welcome).await?;
        let first = session(world, browser).await?;
        ensure!(first["authentication_methods"][0]["method"] == "passkey", "{first}");
        let keys = browser.keys_of(&own).await?;
        ensure!(keys.len() == 1 && keys[0]["rpId"] == "localhost", "{keys:?}");
        ensure!(keys[0]["isResidentCredential"] == true, "a passkey is found without a name: {keys:?}");

        // The page has the browser suggest passkeys where a name is typed, and this browser takes what is suggested.
        driver.delete_all_cookies().await?;
        driver.goto(world.identity_url("/login")).await?;
        wait_for_address(browser, &welcome).await?;
        let again = session(world, browser).await?;
        ensure!(again["identity"]["id"] == first["identity"]["id"] && again["id"] != first["id"], "{again}");

        // From here on nothing is suggested, as the script does for test drivers: there is the button.
        let quiet = json!({ "source": "window.Cypress = {}" });
        driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", quiet).await?;
        driver.delete_all_cookies().await?;
        driver.goto(world.identity_url("/login")).await?;
        browser.screenshot("keys-2-login").await?;
        trigger(browser, "oryPasskeyLogin").await?.click().await?;
        wait_for_address(browser, &welcome).await?;
        let pressed = session(world, browser).await?;
        ensure!(pressed["identity"]["id"] == first["identity"]["id"] && pressed["id"] != again["id"], "{pressed}");

        // Nobody signs in without it.
        browser.remove(&own).await?;
        driver.delete_all_cookies().await?;
        browser.authenticator(json!({ "transport": "internal", "hasResidentKey": true })).await?;
        driver.goto(world.identity_url("/login")).await?;
        trigger(browser, "oryPasskeyLogin").await?.click().await?;
        let said = driver.find(By::Css("[data-ceremony]:not([hidden])")).await?.text().await?;
        ensure!(said.contains("Nothing was confirmed"), "{said}");
        let nobody = session(world, browser).await?;
        ensure!(nobody["error"]["code"] == 401, "{nobody}");
        Ok(())
    })
    .await
}

async fn sign_in(world: &World, browser: &Browser, email: &str) -> anyhow::Result<()> {
    browser.driver.goto(world.identity_url("/login")).await?;
    fill(browser, "identifier", email).await?;
    fill(browser, "password", PASSWORD).await?;
    button(browser, "method", "password").await?.click().await?;
    Ok(())
}

async fn a_security_key_is_asked_for_after_the_password(engine: Engine) -> anyhow::Result<()> {
    with_browser(engine, async |world, browser| {
        let driver = &browser.driver;
        let welcome = world.identity_url("/welcome");
        world.identity("ada@example.org", PASSWORD, json!({})).await?;
        let key = browser.authenticator(json!({ "transport": "usb", "hasResidentKey": false })).await?;
        sign_in(world, browser, "ada@example.org").await?;
        wait_for_address(browser, &welcome).await?;

        driver.goto(world.identity_url("/settings")).await?;
        fill(browser, "webauthn_register_displayname", "Blue key").await?;
        browser.screenshot("keys-3-settings").await?;
        trigger(browser, "oryWebAuthnRegistration").await?.click().await?;
        let remove = driver.find(By::Css("button[name='webauthn_remove']")).await?;
        ensure!(remove.text().await?.contains("Blue key"));
        ensure!(browser.keys_of(&key).await?.len() == 1);

        driver.delete_all_cookies().await?;
        sign_in(world, browser, "ada@example.org").await?;
        let ask = trigger(browser, "oryWebAuthnLogin").await?;
        browser.screenshot("keys-4-second-factor").await?;
        ask.click().await?;
        wait_for_address(browser, &welcome).await?;
        let session = session(world, browser).await?;
        ensure!(session["authenticator_assurance_level"] == "aal2", "{session}");
        Ok(())
    })
    .await
}
