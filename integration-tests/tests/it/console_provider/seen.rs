//! The same pages in a real Chromium: both themes, a wide and a narrow window, without script.

use anyhow::Context as _;
use integration_tests::{
    browser::Browser,
    login,
    settings::{Engine, loopback},
    world::World,
};
use serde_json::json;
use shared_types::testing::TestClock;
use thirtyfour::By;

use super::{OPERATOR, console, operator};
use crate::{
    oauth::{PASSWORD, text},
    support::{on_sqlite, world},
};

on_sqlite!(every_page_is_seen_in_both_themes_and_widths);

async fn every_page_is_seen_in_both_themes_and_widths(engine: Engine) -> anyhow::Result<()> {
    let clock = TestClock::default();
    let world = world!(World::on(engine).clock(&clock).identity(console()));
    operator(&world).await?;
    let ada = world.identity("ada@example.org", PASSWORD, json!({ "role": "buyer" })).await?;
    let client = world.client(json!({ "client_name": "Partner Portal", "owner": "sales" })).await?;
    let id = text(&client, "client_id")?;
    let browser = Browser::start().await?;
    let paths = [
        ("overview", String::new()),
        ("clients", "clients".to_owned()),
        ("client", format!("client?id={id}")),
        ("client-new", "clients/new".to_owned()),
        ("client-delete", format!("client/delete?id={id}")),
        ("consents", format!("consents?identity={}", text(&ada, "id")?)),
        ("keys", "keys".to_owned()),
        ("preview", format!("token-preview?identity=ada%40example.org&client_id={id}")),
    ];
    let outcome = look(&world, &browser, &clock, (id, &paths)).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

async fn look(
    world: &World,
    browser: &Browser,
    clock: &TestClock,
    (id, paths): (&str, &[(&str, String)]),
) -> anyhow::Result<()> {
    let base = format!("{}/console/", loopback(world.places.identity_admin));
    let driver = &browser.driver;
    driver.goto(&base).await?;
    for (name, value) in [("identifier", OPERATOR), ("password", PASSWORD)] {
        driver.find(By::Css(format!("input[name='{name}']:not([type=hidden])"))).await?.send_keys(value).await?;
    }
    driver.find(By::Css("button[name='method'][value='password']")).await?.click().await?;
    driver.find(By::Css("nav.side")).await.context("the console")?;
    for _ in 0..3 {
        login::tokens(world, id, "ada@example.org", PASSWORD).await?;
        clock.advance(chrono::Duration::seconds(15));
        driver.goto(&base).await?;
    }
    for theme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        driver.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
        for width in [1200, 390] {
            let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
            driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await?;
            for (name, path) in paths {
                driver.goto(format!("{base}{path}")).await?;
                let wide = driver.execute("return document.documentElement.scrollWidth", Vec::new()).await?;
                let wide = wide.json().as_i64().context("a width")?;
                anyhow::ensure!(wide <= width, "{name} is {wide} wide at {width}");
                browser.screenshot(&format!("provider-{name}-{theme}-{width}")).await?;
            }
        }
    }
    Ok(())
}
