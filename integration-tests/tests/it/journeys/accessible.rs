//! Every page in a real Chromium, light and dark, wide and narrow, looked at by axe-core: WCAG 2.2 up to AA, nothing wider
//! than the screen, no page heavier than 50 KB, and a policy that runs nothing written into a page.

use anyhow::{Context as _, ensure};
use integration_tests::{
    browser::Browser,
    login::{Authorization, CALLBACK},
    relying_party,
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};
use thirtyfour::By;

use super::browser::{button, fill, wait_for, wait_for_address};
use crate::{
    oauth::{EMAIL, PASSWORD, text},
    support::{on_sqlite, world},
};

on_sqlite!(who_is_not_signed_in, who_is_signed_in, who_came_from_an_application, who_sees_another_brand);

const HEAVIEST: u64 = 50_000;
const LOOKS: [(&str, u32); 4] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)];

/// What axe finds, each with where it is.
const AXE: &str = r"
const done = arguments[arguments.length - 1];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(
  ({ violations }) => done(violations.map(({ id, impact, nodes }) =>
    `${id} (${impact}): ${nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')}`)),
  (error) => done([String(error)]));
";

/// What crossed the wire, and whether anything is wider than the screen.
const SIZE: &str = r"
const parts = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
const own = parts.filter(({ name }) => name.startsWith(location.origin));
return [own.reduce((sum, part) => sum + part.encodedBodySize, 0), document.documentElement.scrollWidth - innerWidth];
";

/// Whether script or style that is written into the page has an effect.
const INLINE: &str = r"
const script = document.createElement('script');
script.textContent = 'window.ran = true';
document.head.append(script);
const place = document.createElement('p');
place.setAttribute('style', 'color: rgb(1, 2, 3)');
document.body.append(place);
const coloured = getComputedStyle(place).color === 'rgb(1, 2, 3)';
script.remove();
place.remove();
return [Boolean(window.ran), coloured];
";

/// A world with every way to sign in.
fn everything() -> Value {
    let rp = json!({ "id": "localhost", "display_name": "Portico" });
    json!({"selfservice": {
        "methods": {
            "passkey": { "enabled": true, "config": { "rp": rp } },
            "webauthn": { "enabled": true, "config": { "rp": rp, "passwordless": false } },
            "totp": { "enabled": true, "config": { "issuer": "Portico" } },
            "lookup_secret": { "enabled": true },
            "code": { "enabled": true, "passwordless_enabled": true },
        },
        "flows": { "recovery": { "enabled": true, "use": "code" } },
    }})
}

fn details() -> Value {
    json!({ "oauth2": { "authorization_details_types": ["payment", "https://scheme.example.org/files"] } })
}

async fn with_browser(
    engine: Engine,
    journey: impl AsyncFn(&World, &Browser, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let world = world!(World::on(engine).at_localhost().identity(everything()).oauth(details()));
    world.identity(EMAIL, PASSWORD, json!({ "role": "buyer", "permissions": ["orders:read"] })).await?;
    let axe = tokio::fs::read_to_string(relying_party::package_file("axe-core/axe.min.js")?).await?;
    let browser = Browser::start().await?;
    // Nothing is suggested in fields, as the script of the keys does for test drivers.
    let quiet = json!({ "source": "window.Cypress = {}" });
    browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", quiet).await?;
    let outcome = journey(&world, &browser, &axe).await;
    if outcome.is_err() {
        eprintln!("the browser was at {:?}", browser.driver.current_url().await.map(String::from));
    }
    browser.close().await?;
    world.stop().await;
    outcome
}

/// Looks at the page that is open.
pub(super) async fn inspect(browser: &Browser, axe: &str, name: &str) -> anyhow::Result<()> {
    let driver = &browser.driver;
    for (theme, width) in LOOKS {
        browser.look(theme, width).await?;
        browser.screenshot(&format!("{name}-{theme}-{width}")).await?;
        driver.execute(format!("if (!window.axe) {{ {axe} }}"), Vec::new()).await?;
        let found: Vec<String> = driver.execute_async(AXE, Vec::new()).await?.convert()?;
        ensure!(found.is_empty(), "{name}, {theme}, {width}: {found:#?}");
        let (bytes, over): (u64, i64) = driver.execute(SIZE, Vec::new()).await?.convert()?;
        ensure!(bytes > 0 && bytes < HEAVIEST, "{name} weighs {bytes} bytes");
        ensure!(over <= 0, "{name} is {over} pixels wider than a screen of {width}");
    }
    let inline: (bool, bool) = driver.execute(INLINE, Vec::new()).await?.convert()?;
    ensure!(inline == (false, false), "{name} runs what is written into it: {inline:?}");
    Ok(())
}

async fn open(world: &World, browser: &Browser, axe: &str, path: &str) -> anyhow::Result<()> {
    browser.driver.goto(world.identity_url(path)).await?;
    let name = path.split(['?', '/']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    inspect(browser, axe, &name).await
}

async fn who_is_not_signed_in(engine: Engine) -> anyhow::Result<()> {
    with_browser(engine, async |world, browser, axe| {
        for path in ["/login", "/registration", "/recovery", "/verification", "/logout", "/device", "/device/done"] {
            open(world, browser, axe, path).await?;
        }
        for path in
            ["/error", "/error?error=access_denied&error_description=No", "/device?device_challenge=c&user_code=BC"]
        {
            open(world, browser, axe, path).await?;
        }
        browser.driver.goto(world.identity_url("/login")).await?;
        fill(browser, "identifier", EMAIL).await?;
        fill(browser, "password", "not the password").await?;
        button(browser, "method", "password").await?.click().await?;
        browser.driver.find(By::Css("[role=alert]")).await?;
        inspect(browser, axe, "login-wrong").await?;

        browser.driver.goto(world.identity_url("/registration")).await?;
        fill(browser, "traits.email", "hedy@example.org").await?;
        fill(browser, "traits.name", "Hedy Lamarr").await?;
        button(browser, "method", "profile").await?.click().await?;
        browser.driver.find(By::Name("password")).await?;
        inspect(browser, axe, "registration-credential").await?;
        fill(browser, "password", "hedy@example.org").await?;
        button(browser, "method", "password").await?.click().await?;
        browser.driver.find(By::Css("[role=alert]")).await?;
        inspect(browser, axe, "registration-wrong").await?;
        fill(browser, "password", PASSWORD).await?;
        button(browser, "method", "password").await?.click().await?;
        browser.driver.find(By::Name("code")).await?;
        inspect(browser, axe, "verification-code").await
    })
    .await
}

async fn sign_in(browser: &Browser) -> anyhow::Result<()> {
    fill(browser, "identifier", EMAIL).await?;
    fill(browser, "password", PASSWORD).await?;
    button(browser, "method", "password").await?.click().await?;
    Ok(())
}

async fn who_is_signed_in(engine: Engine) -> anyhow::Result<()> {
    with_browser(engine, async |world, browser, axe| {
        browser.driver.goto(world.identity_url("/login")).await?;
        sign_in(browser).await?;
        wait_for_address(browser, &world.identity_url("/welcome")).await?;
        for path in ["/welcome", "/settings", "/settings/sessions", "/settings/applications", "/logout", "/nowhere"] {
            open(world, browser, axe, path).await?;
        }
        browser.driver.goto(world.identity_url("/settings")).await?;
        button(browser, "lookup_secret_regenerate", "true").await?.click().await?;
        browser.driver.find(By::Css(".secret li:nth-child(2)")).await.context("backup codes")?;
        inspect(browser, axe, "settings-codes").await
    })
    .await
}

async fn who_came_from_an_application(engine: Engine) -> anyhow::Result<()> {
    with_browser(engine, async |world, browser, axe| {
        let types = ["payment", "https://scheme.example.org/files"];
        let client = world
            .client(json!({
                "client_name": "Partner Portal", "client_uri": "https://portal.example.org/", "audience": ["https://api.example.org"],
                "policy_uri": "https://portal.example.org/privacy", "authorization_details_types": types,
            }))
            .await?;
        let wanted = json!([
            { "type": types[0], "actions": ["initiate"], "instructedAmount": { "currency": "EUR", "amount": "12.50" } },
            { "type": types[1], "locations": ["https://files.example.org/"] },
        ]);
        let request = Authorization::new(world, text(&client, "client_id")?, "openid offline_access profile email")?
            .with("audience", "https://api.example.org")
            .with("claims", r#"{"userinfo":{"email":{"essential":true}}}"#)
            .with("authorization_details", &wanted.to_string());
        browser.driver.goto(request.url.as_str()).await?;
        browser.driver.find(By::Name("identifier")).await?;
        inspect(browser, axe, "login-for-client").await?;
        sign_in(browser).await?;
        wait_for(browser, "Partner Portal").await?;
        wait_for(browser, "12.50").await?;
        inspect(browser, axe, "consent").await?;
        // One of the two is not allowed.
        browser.driver.find(By::Id("detail-1")).await?.click().await?;
        button(browser, "action", "accept").await?.click().await?;
        let end = wait_for_address(browser, CALLBACK).await?;
        let code = end.query_pairs().find(|(name, _)| name == "code").context("a code")?.1.into_owned();
        let tokens = request.exchange(world, &code).await?.expect(200)?;
        ensure!(tokens["authorization_details"] == json!([wanted[0]]), "{tokens}");
        access_is_taken_back(world, browser, axe, text(&tokens, "access_token")?).await
    })
    .await
}

/// The application is listed, and once its access is taken back its tokens are good for nothing.
async fn access_is_taken_back(world: &World, browser: &Browser, axe: &str, token: &str) -> anyhow::Result<()> {
    ensure!(world.introspect(token).await?["active"] == true);
    open(world, browser, axe, "/settings/applications").await?;
    wait_for(browser, "Partner Portal").await?;
    browser.driver.find(By::Css("button[name=client]")).await?.click().await?;
    wait_for(browser, "no access any more").await?;
    inspect(browser, axe, "settings-applications-done").await?;
    ensure!(world.introspect(token).await?["active"] == false);
    Ok(())
}

/// A brand that leaves contrast as it should be: every colour but the primary one is ours.
fn brand(folder: &std::path::Path) -> anyhow::Result<Value> {
    let logo = folder.join("logo.svg");
    let picture =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 4'><rect width='8' height='4' fill='#0a6e4f'/></svg>";
    std::fs::write(&logo, picture)?;
    let own = folder.join("own.css");
    std::fs::write(&own, ".sheet { border-radius: 0; }")?;
    std::fs::write(folder.join("login.gotmpl"), "{{define \"main\"}}<p>Partners only.</p>{{.built_in.main}}{{end}}")?;
    Ok(json!({
        "branding": {
            "name": "Acme", "logo_file": logo, "css_file": own, "support_url": "https://help.example.org/",
            "privacy_url": "https://example.org/privacy", "colors": { "light": { "primary": "#0a6e4f" } },
        },
        "pages": { "templates_folder": folder },
    }))
}

async fn who_sees_another_brand(engine: Engine) -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let world = world!(World::on(engine).at_localhost().identity(brand(folder.path())?));
    let browser = Browser::start().await?;
    let axe = tokio::fs::read_to_string(relying_party::package_file("axe-core/axe.min.js")?).await?;
    browser.driver.goto(world.identity_url("/login")).await?;
    wait_for(&browser, "Partners only").await?;
    let outcome = inspect(&browser, &axe, "login-branded").await;
    let title = browser.driver.title().await?;
    browser.close().await?;
    world.stop().await;
    ensure!(title == "Sign in – Acme", "{title}");
    outcome
}
