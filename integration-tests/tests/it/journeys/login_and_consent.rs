//! Ory's example of a login and consent app (npm `hydra-login-consent-logout`) in front of oauth-service, in place of
//! identity-service: the code flow with its login, consent and logout pages, and a device.

use anyhow::{Context as _, ensure};
use integration_tests::{
    form::Form,
    login::{self, Authorization, CALLBACK, claims},
    person::{Page, Person},
    ports,
    program::Program,
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use crate::{
    oauth::{SCOPE, text},
    support::{on_both, world},
};

on_both!(the_example_app_answers_for_identity_service);

/// The one person the app knows.
const EMAIL: &str = "foo@bar.com";
const PASSWORD: &str = "foobar";

async fn the_example_app_answers_for_identity_service(engine: Engine) -> anyhow::Result<()> {
    let port = ports::free()?;
    let app = format!("http://127.0.0.1:{port}");
    let world = world!(World::on(engine).oauth(json!({
        "urls": {
            "login": format!("{app}/login"), "consent": format!("{app}/consent"), "logout": format!("{app}/logout"),
            "device": { "verification": format!("{app}/device/verify"), "success": format!("{app}/device/success") },
        },
        "oauth2": { "refresh_token_hook": null },
        // It knows of no key: what it is written for asks for none.
        "serve": { "admin": { "api_keys": null } },
    })));
    let _app = Program::login_and_consent(port, &world.places).await?;
    let goodbye = CALLBACK.replace("callback", "goodbye");
    let client = world
        .client(json!({
            "client_name": "Partner Portal", "post_logout_redirect_uris": [goodbye],
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        }))
        .await?;
    let id = text(&client, "client_id")?;
    let person = Person::new()?.ending_at(CALLBACK).ending_at(&goodbye);
    Box::pin(refusal(&world, id)).await?;
    let tokens = Box::pin(code_flow(&world, &person, id)).await?;
    Box::pin(device(&world, &person, id)).await?;
    log_out(&world, &person, text(&tokens, "id_token")?, &goodbye).await?;
    world.stop().await;
    Ok(())
}

/// A wrong password, the right one, and consent to everything, remembered: the next time nothing is asked.
async fn code_flow(world: &World, person: &Person, client: &str) -> anyhow::Result<Value> {
    let authorization = Authorization::new(world, client, SCOPE)?;
    let page = person.open(authorization.url.as_str()).await?;
    let wrong = [("email", EMAIL), ("password", "not the password")];
    let page = person.press(&page, ("submit", "Log in"), &wrong).await?;
    ensure!(page.html.contains("not correct"), "{}", page.html);
    let right = [("email", EMAIL), ("password", PASSWORD), ("remember", "1")];
    let consent = person.press(&page, ("submit", "Log in"), &right).await?;
    ensure!(consent.html.contains("Partner Portal"), "{}", consent.html);
    let end = allow(person, &consent, SCOPE).await?;
    let code = end.parameter("code").with_context(|| format!("no code at {}", end.url))?;
    let tokens = authorization.exchange(world, &code).await?.expect(200)?;
    ensure!(claims(text(&tokens, "id_token")?)?["sub"] == EMAIL, "{tokens}");
    let refreshed = login::refresh(world, client, text(&tokens, "refresh_token")?).await?.expect(200)?;
    let known = world.introspect(text(&refreshed, "access_token")?).await?;
    ensure!(known["active"] == true && known["sub"] == EMAIL && known["scope"] == SCOPE, "{known}");

    let again = Authorization::new(world, client, SCOPE)?;
    let end = person.open(again.url.as_str()).await?;
    ensure!(end.parameter("code").is_some(), "asked again at {}", end.url);
    Ok(tokens)
}

/// Somebody who logs in but allows nothing.
async fn refusal(world: &World, client: &str) -> anyhow::Result<()> {
    let person = login::person()?;
    let authorization = Authorization::new(world, client, SCOPE)?;
    let page = person.open(authorization.url.as_str()).await?;
    let consent = person.press(&page, ("submit", "Log in"), &[("email", EMAIL), ("password", PASSWORD)]).await?;
    let end = person.press(&consent, ("submit", "Deny access"), &[]).await?;
    ensure!(end.parameter("error").as_deref() == Some("access_denied"), "{}", end.url);
    Ok(())
}

/// Ticks the boxes of these scopes, and that nothing need be asked again.
async fn allow(person: &Person, page: &Page, scopes: &str) -> anyhow::Result<Page> {
    let form = Form::with_button(&page.html, "submit", "Allow access")?;
    let mut fields = form.clone().fill("remember", "1").press("submit", "Allow access");
    fields.extend(scopes.split(' ').map(|scope| ("grant_scope".to_owned(), scope.to_owned())));
    person.send(page, &form, fields).await
}

/// A device: its user code is confirmed on the app's page, and it gets its tokens.
async fn device(world: &World, person: &Person, client: &str) -> anyhow::Result<()> {
    let scopes = "openid offline_access";
    let asked = [("client_id", client), ("scope", scopes)];
    let device = world.post_form("/oauth2/device/auth", None, &asked).await?.expect(200)?;
    let page = person.open(text(&device, "verification_uri_complete")?).await?;
    ensure!(page.url.path() == "/device/verify", "{} {}", page.url, page.html);
    let mut page = person.press(&page, ("submit", "Send"), &[("code", text(&device, "user_code")?)]).await?;
    if page.url.path() == "/consent" {
        page = allow(person, &page, scopes).await?;
    }
    ensure!(page.url.path() == "/device/success", "{} {}", page.url, page.html);
    let grant = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", text(&device, "device_code")?),
        ("client_id", client),
    ];
    let tokens = world.post_form("/oauth2/token", None, &grant).await?.expect(200)?;
    ensure!(claims(text(&tokens, "id_token")?)?["sub"] == EMAIL, "{tokens}");
    Ok(())
}

async fn log_out(world: &World, person: &Person, id_token: &str, goodbye: &str) -> anyhow::Result<()> {
    let url = url::Url::parse_with_params(
        &world.oauth_url("/oauth2/sessions/logout"),
        [("id_token_hint", id_token), ("post_logout_redirect_uri", goodbye), ("state", "see-you-soon")],
    )?;
    let page = person.open(url.as_str()).await?;
    let form = Form::with_button(&page.html, "", "Yes")?;
    let end = person.send(&page, &form, form.fields.clone()).await?;
    ensure!(end.url.as_str() == format!("{goodbye}?state=see-you-soon"), "{}", end.url);
    Ok(())
}
