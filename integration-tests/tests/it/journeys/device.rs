//! A device without a keyboard (RFC 8628): its owner types the code in a real Chromium, and the same without script.

use anyhow::{Context as _, ensure};
use integration_tests::{browser::Browser, login, settings::Engine, world::World};
use serde_json::{Value, json};
use thirtyfour::By;

use super::browser::{button, fill, wait_for, wait_for_address};
use crate::{
    oauth::{EMAIL, PASSWORD, text},
    support::{on_both, on_sqlite, world},
};

on_both!(a_code_is_typed_without_script);
on_sqlite!(a_code_is_typed_in_a_browser, a_code_is_not_guessed_at_the_page);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device that has asked: its client and what it was told.
async fn begun(world: &World) -> anyhow::Result<(String, Value)> {
    world.identity(EMAIL, PASSWORD, json!({})).await?;
    let fields = json!({
        "client_name": "Living Room TV", "grant_types": [GRANT], "redirect_uris": [], "response_types": [],
    });
    let client = text(&world.client(fields).await?, "client_id")?.to_owned();
    let begun = again(world, &client).await?;
    Ok((client, begun))
}

async fn again(world: &World, client: &str) -> anyhow::Result<Value> {
    world
        .post_form("/oauth2/device/auth", None, &[("client_id", client), ("scope", "openid profile")])
        .await?
        .expect(200)
}

async fn tokens(world: &World, client: &str, begun: &Value) -> anyhow::Result<Value> {
    let form = [("grant_type", GRANT), ("device_code", text(begun, "device_code")?), ("client_id", client)];
    world.post_form("/oauth2/token", None, &form).await?.expect(200)
}

async fn a_code_is_typed_in_a_browser(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let (client, begun) = begun(&world).await?;
    let browser = Browser::start().await?;
    let outcome = in_a_browser(&world, &browser, &begun).await;
    if outcome.is_err() {
        let page = browser.driver.source().await.unwrap_or_default();
        eprintln!("the browser was at {:?}:\n{page}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    outcome?;
    ensure!(tokens(&world, &client, &begun).await?["access_token"].is_string());
    world.stop().await;
    Ok(())
}

async fn in_a_browser(world: &World, browser: &Browser, begun: &Value) -> anyhow::Result<()> {
    let code = text(begun, "user_code")?;
    // By the short address: the field is empty, and what is wrong is told at it.
    browser.driver.goto(text(begun, "verification_uri")?).await?;
    fill(browser, "user_code", "BBBB-BBBB").await?;
    button(browser, "action", "accept").await?.click().await?;
    wait_for(browser, "wrong").await?;
    // By the long one, as from a picture: it is there, and nothing has happened yet.
    browser.driver.goto(text(begun, "verification_uri_complete")?).await?;
    let field = browser.driver.find(By::Id("user_code")).await?;
    ensure!(field.value().await?.as_deref() == Some(code), "the code of the address stands in the field");
    let address = browser.driver.current_url().await?;
    ensure!(address.as_str().starts_with(&world.identity_url("/device?")), "{address}");
    // As people write it.
    let (front, back) = code.split_at(4);
    fill(browser, "user_code", &format!(" {front}-{back} ")).await?;
    button(browser, "action", "accept").await?.click().await?;
    fill(browser, "identifier", EMAIL).await?;
    fill(browser, "password", PASSWORD).await?;
    button(browser, "method", "password").await?.click().await?;
    wait_for(browser, "Living Room TV").await?;
    button(browser, "action", "accept").await?.click().await?;
    wait_for_address(browser, &world.identity_url("/device/done")).await?;
    wait_for(browser, "is connected").await
}

async fn a_code_is_typed_without_script(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let (client, first) = begun(&world).await?;
    let person = login::person()?;
    let page = person.open(text(&first, "verification_uri_complete")?).await?;
    ensure!(page.status == 200 && page.html.contains(text(&first, "user_code")?), "{}", page.html);
    let login = person.press(&page, ("action", "accept"), &[]).await?;
    let consent =
        person.press(&login, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let done = login::consent_to_all(&person, &consent).await?;
    ensure!(done.url.as_str().starts_with(&world.identity_url("/device/done")), "{}", done.url);
    tokens(&world, &client, &first).await?;
    // A code that was used is as good as none, and so is one whose time is over.
    let page = person.open(text(&first, "verification_uri_complete")?).await?;
    let refused = person.press(&page, ("action", "accept"), &[]).await?;
    ensure!(refused.status == 400 && refused.html.contains("was used before"), "{}", refused.html);
    // Who says no is told so, and so is the device.
    let second = again(&world, &client).await?;
    let page = person.open(text(&second, "verification_uri")?).await?;
    let consent = person.press(&page, ("action", "accept"), &[("user_code", text(&second, "user_code")?)]).await?;
    let denied = person.press(&consent, ("action", "reject"), &[]).await?;
    ensure!(denied.html.contains("Access was denied"), "{}: {}", denied.url, denied.html);
    let form = [("grant_type", GRANT), ("device_code", text(&second, "device_code")?), ("client_id", client.as_str())];
    let told = world.post_form("/oauth2/token", None, &form).await?;
    ensure!(told.json()?["error"] == "access_denied", "{}", told.body);
    world.stop().await;
    Ok(())
}

/// RFC 8628 5.1: after a few wrong codes a right one is of no use either, and the person is told what to do.
async fn a_code_is_not_guessed_at_the_page(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let (_, begun) = begun(&world).await?;
    let person = login::person()?;
    let mut page = person.open(text(&begun, "verification_uri")?).await?;
    let empty = person.press(&page, ("action", "accept"), &[("user_code", " - ")]).await?;
    ensure!(empty.status == 400 && empty.html.contains("Enter the code"), "{}", empty.html);
    for guess in 0..5 {
        page = person.press(&page, ("action", "accept"), &[("user_code", &format!("BBBBBBB{guess}"))]).await?;
        ensure!(page.status == 400, "{}", page.html);
    }
    let right = person.press(&page, ("action", "accept"), &[("user_code", text(&begun, "user_code")?)]).await?;
    ensure!(right.status == 429 && right.html.contains("Too many"), "{}: {}", right.status, right.html);
    // Without a challenge, or with somebody's invention, there is nothing to ask for.
    let bare = person.open(&world.identity_url("/device")).await?;
    ensure!(bare.status == 410 && bare.html.contains("your device shows"), "{}", bare.html);
    let invented = person.open(&world.identity_url("/device?device_challenge=made-up")).await?;
    let over = person.press(&invented, ("action", "accept"), &[("user_code", "BBBBBBBB")]).await?;
    ensure!(over.status == 410, "{}", over.html);
    // The form of another browser is not taken.
    let fields = [("csrf_token", "made-up"), ("device_challenge", "made-up"), ("user_code", "BBBBBBBB")];
    let form = integration_tests::form::Form::with_field(&invented.html, "user_code").context("the form")?;
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    ensure!(person.send(&invented, &form, fields).await?.status == 403);
    world.stop().await;
    Ok(())
}
