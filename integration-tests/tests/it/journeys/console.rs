//! The operators' console: what a real process keeps for it, and an operator's morning in a real Chromium, with and without
//! JavaScript, light and dark, wide and narrow, looked at by axe-core.

use anyhow::{Context as _, ensure};
use integration_tests::{
    binary::Binary,
    browser::Browser,
    person::plain_client,
    relying_party,
    settings::{Engine, Places, loopback, merge},
    world::World,
};
use serde_json::{Value, json};
use thirtyfour::By;

use super::{
    accessible::inspect,
    browser::{button, fill, wait_for, wait_for_address},
};
use crate::{
    oauth::{PASSWORD, text},
    support::{on_both, on_sqlite, world},
};

on_both!(security_events_outlive_the_process);
on_sqlite!(an_operator_works_in_the_console);

const OLGA: &str = "olga@example.org";

async fn security_events_outlive_the_process(engine: Engine) -> anyhow::Result<()> {
    let Some(database) = engine.database() else { return Ok(()) };
    let (folder, places) = (tempfile::TempDir::new()?, Places::draw()?);
    let mut settings = places.identity_settings(&database.dsn(), None);
    // What the log leaves out is kept all the same.
    merge(&mut settings, json!({ "console": { "enabled": true }, "log": { "level": "error" } }));
    let start = || Binary::start("identity-service", &["serve"], &settings, folder.path(), places.identity_public);
    let mut service = start().await?;
    let client = plain_client()?;
    let admin = loopback(places.identity_admin);
    let person = json!({ "schema_id": "default", "traits": { "email": OLGA } });
    let made = client.post(format!("{admin}/admin/identities")).bearer_auth(&places.identity_key).json(&person);
    let made: Value = made.send().await?.error_for_status()?.json().await?;
    for number in 0..20 {
        let flow = client.get(format!("{}/self-service/login/api", places.identity())).send().await?;
        let flow: Value = flow.json().await?;
        // Each at another account, so that none is made to wait.
        let who = if number == 0 { OLGA.to_owned() } else { format!("nobody-{number}@example.org") };
        let body = json!({ "method": "password", "identifier": who, "password": "a wild guess" });
        let action = flow["ui"]["action"].as_str().context("an action")?;
        ensure!(client.post(action).json(&body).send().await?.status() == 400, "a wild guess was right");
    }
    // At once: what is still on its way has to be written before the process ends.
    let (status, _) = service.terminate()?;
    ensure!(status.success(), "{status}");

    let service = start().await?;
    let list = client.get(format!("{admin}/admin/audit-events?page_size=500")).bearer_auth(&places.identity_key);
    let events: Vec<Value> = list.send().await?.error_for_status()?.json().await?;
    let named = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    ensure!(named("LoginFailed") == 20 && named("IdentityCreated") == 1, "{events:#?}");
    ensure!(events.iter().any(|event| event["identity"] == made["id"]), "{events:#?}");
    ensure!(!json!(events).to_string().contains("a wild guess"), "a password was kept");
    drop(service);
    Ok(())
}

async fn an_operator_works_in_the_console(engine: Engine) -> anyhow::Result<()> {
    let over = json!({
        "console": { "enabled": true },
        "selfservice": { "flows": { "recovery": { "enabled": true } }, "methods": { "code": { "enabled": true } } },
    });
    let world = world!(World::on(engine).identity(over));
    let olga = world.identity(OLGA, PASSWORD, json!({ "name": "Olga Operator" })).await?;
    let grant = json!([{ "op": "add", "path": "/metadata_admin", "value": { "permissions": ["portico:console"] } }]);
    let path = format!("/admin/identities/{}", text(&olga, "id")?);
    world.identity_admin("PATCH", &path, Some(&grant)).await?.expect(200)?;
    for name in ["Ada Adler", "Ben Bauer", "Cleo Costa"] {
        let email = format!("{}@example.com", name.split(' ').next().unwrap_or_default().to_lowercase());
        world
            .identity(&email, PASSWORD, json!({ "name": name, "role": "buyer", "permissions": ["orders:read"] }))
            .await?;
    }
    let axe = tokio::fs::read_to_string(relying_party::package_file("axe-core/axe.min.js")?).await?;
    let browser = Browser::start().await?;
    let console = format!("{}/console/", loopback(world.places.identity_admin));
    let outcome = journey(&world, &browser, &axe, &console).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

async fn press(browser: &Browser, label: &str) -> anyhow::Result<()> {
    let path = format!("//main//*[self::a or self::button][normalize-space()='{label}']");
    browser.driver.find(By::XPath(path)).await.with_context(|| format!("no {label}"))?.click().await?;
    Ok(())
}

async fn scripts(browser: &Browser, on: bool) -> anyhow::Result<()> {
    browser.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await?;
    Ok(())
}

async fn journey(world: &World, browser: &Browser, axe: &str, console: &str) -> anyhow::Result<()> {
    let driver = &browser.driver;
    // All of the work without JavaScript.
    scripts(browser, false).await?;
    driver.goto(format!("{console}identities?find=ada&how=prefix")).await?;
    fill(browser, "identifier", OLGA).await?;
    fill(browser, "password", PASSWORD).await?;
    button(browser, "method", "password").await?.click().await?;
    wait_for_address(browser, &format!("{console}identities?find=ada")).await?;
    wait_for(browser, "Ada Adler").await?;
    driver.find(By::LinkText("Ada Adler")).await?.click().await?;
    wait_for(browser, "ada@example.com").await?;
    press(browser, "Edit traits").await?;
    fill(browser, "traits.name", "Ada Lovelace").await?;
    press(browser, "Save").await?;
    wait_for(browser, "The changes were saved.").await?;
    press(browser, "Deactivate").await?;
    press(browser, "Deactivate").await?;
    wait_for(browser, "The identity is inactive").await?;
    driver.goto(format!("{console}identities/new")).await?;
    fill(browser, "traits.email", "dora@example.com").await?;
    press(browser, "Create identity").await?;
    wait_for(browser, "The identity was created.").await?;
    press(browser, "Make a recovery code").await?;
    wait_for(browser, "This is shown once.").await?;
    browser.screenshot("console-recovery").await?;

    // Every page, as it is looked at with it.
    scripts(browser, true).await?;
    driver.goto(console).await?;
    inspect(browser, axe, "console-overview").await?;
    let ada = world.identity_admin("GET", "/admin/identities?credentials_identifier=ada@example.com", None).await?;
    let ada = ada.expect(200)?[0]["id"].as_str().context("an id")?.to_owned();
    for (name, path) in [
        ("identities", "identities".to_owned()),
        ("nobody", "identities?find=nobody".to_owned()),
        ("identity", format!("identities/{ada}")),
        ("edit", format!("identities/{ada}/edit")),
        ("metadata", format!("identities/{ada}/metadata")),
        ("delete", format!("identities/{ada}/delete")),
        ("new", "identities/new".to_owned()),
        ("sessions", "sessions".to_owned()),
        ("messages", "messages".to_owned()),
        ("audit", "audit".to_owned()),
        ("lost", "no/such/page".to_owned()),
    ] {
        driver.goto(format!("{console}{path}")).await?;
        inspect(browser, axe, &format!("console-{name}")).await?;
    }
    driver.goto(format!("{console}identities/{ada}/metadata")).await?;
    let area = driver.find(By::Css("textarea[name=metadata_public]")).await?;
    area.send_keys("{").await?;
    press(browser, "Save").await?;
    wait_for(browser, "This is not JSON").await?;
    inspect(browser, axe, "console-wrong").await?;

    browser.look("light", 1280).await?;
    driver.find(By::XPath("//header//button[normalize-space()='Sign out']")).await?.click().await?;
    wait_for_address(browser, &world.identity_url("/")).await?;
    driver.goto(console).await?;
    wait_for_address(browser, &world.identity_url("/login")).await?;
    Ok(())
}
