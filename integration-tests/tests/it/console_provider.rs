//! The console's pages about the OAuth2 provider, with both services: clients, consents, keys, foreseen tokens, figures.

mod seen;

use anyhow::{Context as _, ensure};
use integration_tests::{
    form::Form,
    login,
    person::{Page, Person},
    settings::{Engine, loopback},
    world::World,
};
use serde_json::{Value, json};
use shared_types::testing::TestClock;

use crate::{
    oauth::{PASSWORD, text},
    support::{on_both, world},
};

on_both!(
    clients_are_registered_changed_and_deleted,
    lists_of_clients_go_by_keys,
    consents_are_shown_and_taken_back,
    keys_are_made_and_deleted,
    a_preview_is_what_a_client_gets,
    figures_are_drawn,
    a_provider_that_does_not_answer_is_said_so,
);

const OPERATOR: &str = "olga@example.org";

/// An operator in the console.
pub(crate) struct Console {
    person: Person,
    base: String,
}

impl Console {
    /// Makes an operator and signs her in.
    async fn enter(world: &World) -> anyhow::Result<Self> {
        operator(world).await?;
        let base = format!("{}/console/", loopback(world.places.identity_admin));
        let person = Person::new()?;
        let login = person.open(&base).await?;
        let fields = [("identifier", OPERATOR), ("password", PASSWORD)];
        let page = person.press(&login, ("method", "password"), &fields).await?;
        ensure!(page.status == 200 && page.url.as_str() == base, "at {} ({})", page.url, page.status);
        Ok(Self { person, base })
    }

    async fn see(&self, path: &str) -> anyhow::Result<Page> {
        self.person.open(&format!("{}{path}", self.base)).await
    }

    /// Fills in the form of a page that has this field, and sends it.
    async fn send(&self, page: &Page, field: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let mut form =
            Form::with_field(&page.html, field).with_context(|| format!("at {} ({})", page.url, page.status))?;
        for (name, value) in fields {
            form = form.fill(name, value);
        }
        let sent = form.fields.clone();
        self.person.send(page, &form, sent).await
    }

    /// Says yes on a page that asks once more.
    async fn confirm(&self, path: &str) -> anyhow::Result<Page> {
        let page = self.see(path).await?;
        let mut forms = Form::all(&page.html).into_iter();
        let form = forms.find(|form| !form.action.ends_with("sign-out")).with_context(|| page.html.clone())?;
        let sent = form.fields.clone();
        self.person.send(&page, &form, sent).await
    }
}

pub(crate) async fn operator(world: &World) -> anyhow::Result<Value> {
    let made = world.identity(OPERATOR, PASSWORD, json!({ "name": "Olga" })).await?;
    let path = format!("/admin/identities/{}", text(&made, "id")?);
    let grant = json!([{ "op": "add", "path": "/metadata_admin", "value": { "permissions": ["portico:console"] } }]);
    world.identity_admin("PATCH", &path, Some(&grant)).await?.expect(200)
}

#[track_caller]
fn holds(page: &Page, wanted: &str) {
    assert!(page.html.contains(wanted), "{wanted} is not at {} ({}):\n{}", page.url, page.status, page.html);
}

/// What stands between two texts.
fn between<'a>(html: &'a str, before: &str, after: &str) -> anyhow::Result<&'a str> {
    let (_, rest) = html.split_once(before).with_context(|| format!("no {before} in\n{html}"))?;
    Ok(rest.split_once(after).context("no end")?.0)
}

fn console() -> Value {
    json!({ "console": { "enabled": true } })
}

async fn clients_are_registered_changed_and_deleted(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(console()));
    let console = Console::enter(&world).await?;
    holds(&console.see("clients").await?, "There is no client yet.");

    // A mistake is said at the field it is made in, and what was filled in stays.
    let form = console.see("clients/new").await?;
    let filled = [("client_name", "Partner <Portal>"), ("owner", "sales"), ("redirect_uris", "not an address")];
    let again = console.send(&form, "redirect_uris", &filled).await?;
    assert_eq!(again.status, 400);
    holds(&again, "id=\"f-redirect-uris-errors\"");
    holds(&again, "value=\"Partner &#60;Portal&#62;\"");
    let fixed = [("redirect_uris", "http://127.0.0.1:5555/callback"), ("client_id", "portal/1")];
    let made = console.send(&again, "redirect_uris", &fixed).await?;
    holds(&made, "cannot be shown again");
    let secret = between(&made.html, "<dt>Client secret</dt><dd><code>", "</code>")?.to_owned();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let known = world.post_form("/oauth2/token", Some(("portal/1", &secret)), &form).await?;
    assert_eq!(known.status, 400, "authenticated, and refused the token alone: {}", known.body);

    let shown = console.see("client?id=portal%2F1").await?;
    holds(&shown, "Partner &#60;Portal&#62;");
    assert!(!shown.html.contains(&secret));
    holds(&console.see("clients?owner=sales").await?, "portal/1");
    holds(&console.see("clients?owner=nobody").await?, "No client has this name and owner.");

    // What the form does not show stays as it was.
    let hidden = json!([{ "op": "add", "path": "/metadata", "value": { "kept": true } }]);
    world.oauth_admin("PATCH", "/admin/clients/portal%2F1", Some(&hidden)).await?.expect(200)?;
    let edit = console.see("client/edit?id=portal%2F1").await?;
    let saved = console.send(&edit, "redirect_uris", &[("scope", "openid email"), ("owner", "support")]).await?;
    holds(&saved, "The client was changed.");
    let client = world.oauth_admin("GET", "/admin/clients/portal%2F1", None).await?.expect(200)?;
    assert_eq!((text(&client, "scope")?, text(&client, "owner")?), ("openid email", "support"));
    assert_eq!((&client["metadata"]["kept"], &client["grant_types"][0]), (&json!(true), &json!("authorization_code")));

    // A new secret beside the old one, then the new one alone.
    let rotated = console.confirm("client/rotate?id=portal%2F1").await?;
    let fresh = between(&rotated.html, "<dt>Client secret</dt><dd><code>", "</code>")?.to_owned();
    for (good, secret) in [(true, &secret), (true, &fresh)] {
        let answer = world.post_form("/oauth2/token", Some(("portal/1", secret)), &form).await?;
        assert_eq!(answer.status == 400, good, "{}", answer.body);
    }
    holds(&console.confirm("client/secrets?id=portal%2F1").await?, "The newest secret alone is good now.");
    for (good, secret) in [(false, &secret), (true, &fresh)] {
        let answer = world.post_form("/oauth2/token", Some(("portal/1", secret)), &form).await?;
        assert_eq!(answer.status == 400, good, "{}", answer.body);
    }

    holds(&console.confirm("client/delete?id=portal%2F1").await?, "The client portal/1 was deleted.");
    assert_eq!(world.oauth_admin("GET", "/admin/clients/portal%2F1", None).await?.status, 404);
    assert_eq!(console.see("client?id=portal%2F1").await?.status, 404);
    world.stop().await;
    Ok(())
}

async fn lists_of_clients_go_by_keys(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(console()));
    let console = Console::enter(&world).await?;
    for number in 0..51 {
        world.client(json!({ "client_id": format!("client-{number:02}") })).await?;
    }
    let first = console.see("clients").await?;
    holds(&first, "Next page");
    assert!(!first.html.contains("client-50"));
    let next = between(&first.html, "<nav class=\"pager\"", "rel=\"next\"")?;
    let next = last_link(next)?;
    let second = console.person.open(first.url.join(&next)?.as_str()).await?;
    holds(&second, "client-50");
    holds(&second, "First page");
    world.stop().await;
    Ok(())
}

/// The last address in a piece of a page.
fn last_link(html: &str) -> anyhow::Result<String> {
    let (_, rest) = html.rsplit_once("href=\"").context("a link")?;
    Ok(integration_tests::form::decode(rest.split('"').next().unwrap_or_default()))
}

async fn consents_are_shown_and_taken_back(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(console()));
    let ada = world.identity("ada@example.org", PASSWORD, json!({ "role": "buyer" })).await?;
    let client = world.client(json!({ "client_name": "Portal" })).await?;
    let client = text(&client, "client_id")?;
    let tokens = login::tokens(&world, client, "ada@example.org", PASSWORD).await?;
    let console = Console::enter(&world).await?;
    holds(&console.see("consents").await?, "Whose consents are wanted?");
    let shown = console.see("consents?identity=ada%40example.org").await?;
    holds(&shown, "Consents of Ada Lovelace");
    holds(&shown, "openid offline_access profile email");
    let path = format!("consents/revoke?identity={}&client={client}", text(&ada, "id")?);
    let gone = console.confirm(&path).await?;
    holds(&gone, "was taken back");
    holds(&gone, "There is no consent of this identity.");
    let refreshed = login::refresh(&world, client, text(&tokens, "refresh_token")?).await?;
    assert_eq!(refreshed.status, 400, "{}", refreshed.body);

    login::tokens(&world, client, "ada@example.org", PASSWORD).await?;
    let all = format!("consents/revoke?identity={}", text(&ada, "id")?);
    holds(&console.confirm(&all).await?, "All consents were taken back.");
    world.stop().await;
    Ok(())
}

async fn keys_are_made_and_deleted(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(console()));
    let console = Console::enter(&world).await?;
    let form = console.see("keys/new").await?;
    let made =
        console.send(&form, "alg", &[("set", "hydra.openid.id-token"), ("alg", "ES256"), ("use", "sig")]).await?;
    holds(&made, "was made");
    let keys = world.oauth_admin("GET", "/admin/keys/hydra.openid.id-token", None).await?.expect(200)?;
    let key = keys["keys"].as_array().context("keys")?.iter().find(|key| key["alg"] == "ES256").context("the key")?;
    let kid = text(key, "kid")?;
    holds(&made, kid);
    assert!(!made.html.contains(text(key, "d")?), "a private member is shown");

    // A mistake keeps the form.
    let wrong = console.send(&form, "alg", &[("set", "hydra.openid.id-token"), ("alg", "HS256")]).await?;
    assert_eq!(wrong.status, 400);
    holds(&wrong, "The alg must be one of");
    holds(&console.send(&form, "alg", &[("set", ""), ("alg", "ES256")]).await?, "A set has to be named.");

    let path = format!("keys/delete?set=hydra.openid.id-token&kid={kid}");
    holds(&console.see(&path).await?, "whatever it signed is refused");
    holds(&console.confirm(&path).await?, "was deleted");
    let answer = world.oauth_admin("GET", &format!("/admin/keys/hydra.openid.id-token/{kid}"), None).await?;
    assert_eq!(answer.status, 404);
    let other = console.send(&form, "alg", &[("other", "partners"), ("alg", "RS256"), ("use", "enc")]).await?;
    holds(&other, "<code>partners</code>");
    world.stop().await;
    Ok(())
}

async fn a_preview_is_what_a_client_gets(engine: Engine) -> anyhow::Result<()> {
    let jwt = json!({ "strategies": { "access_token": "jwt" }, "oauth2": { "allowed_top_level_claims": ["role"] } });
    let world = world!(World::on(engine).identity(console()).oauth(jwt));
    let ada = world.identity("ada@example.org", PASSWORD, json!({ "role": "buyer" })).await?;
    let client = world.client(json!({ "client_name": "Portal" })).await?;
    let client = text(&client, "client_id")?;
    let tokens = login::tokens(&world, client, "ada@example.org", PASSWORD).await?;
    let console = Console::enter(&world).await?;
    holds(&console.see("token-preview").await?, "Nothing is issued.");
    let query = format!(
        "token-preview?identity=ada%40example.org&client_id={client}&scope=openid+offline_access+profile+email"
    );
    let page = console.see(&query).await?;
    holds(&page, "Ada Lovelace");
    // The two tokens as they would read, in the order in which the page shows them.
    let mut shown = page.html.split("<pre class=\"report\" tabindex=\"0\"><code>").skip(1).map(|rest| {
        let text = rest.split("</code>").next().unwrap_or_default();
        serde_json::from_str::<Value>(&integration_tests::form::decode(text))
    });
    for (name, later) in [
        ("access_token", vec!["jti", "iat", "nbf", "exp"]),
        ("id_token", vec!["jti", "iat", "exp", "auth_time", "rat", "sid", "at_hash", "acr", "amr", "nonce"]),
    ] {
        let mut told = shown.next().context("a token")??["claims"].clone();
        let mut real = login::claims(text(&tokens, name)?)?;
        for claims in [&mut told, &mut real] {
            let claims = claims.as_object_mut().context("claims")?;
            claims.retain(|name, _| !later.contains(&name.as_str()));
        }
        assert_eq!(told, real, "{name}");
    }
    holds(&page, "oauth2_provider.claims[0]");
    holds(&page, "oauth2.allowed_top_level_claims");
    holds(&page, "The identity has nothing there");

    // What keeps tokens from being issued is named.
    let refused = console.see(&format!("{query}+admin")).await?;
    holds(&refused, "Not issued");
    holds(&refused, "invalid_scope");
    let disabled = json!([{ "op": "replace", "path": "/state", "value": "inactive" }]);
    let path = format!("/admin/identities/{}", text(&ada, "id")?);
    world.identity_admin("PATCH", &path, Some(&disabled)).await?.expect(200)?;
    holds(&console.see(&query).await?, "The identity is disabled");
    holds(&console.see("token-preview?identity=ada%40example.org&client_id=nobody").await?, "knows no such client");
    holds(
        &console.see(&format!("token-preview?identity=nobody&client_id={client}")).await?,
        "There is no such identity.",
    );
    world.stop().await;
    Ok(())
}

async fn figures_are_drawn(engine: Engine) -> anyhow::Result<()> {
    let clock = TestClock::default();
    let world = world!(World::on(engine).clock(&clock).identity(console()));
    let client = world.client(json!({})).await?;
    let console = Console::enter(&world).await?;
    clock.advance(chrono::Duration::seconds(15));
    let first = console.see("").await?;
    holds(&first, "Ready");
    holds(&first, "Nothing is known yet.");
    world.identity("ada@example.org", PASSWORD, json!({ "role": "buyer" })).await?;
    let client = text(&client, "client_id")?;
    let tokens = login::tokens(&world, client, "ada@example.org", PASSWORD).await?;
    login::refresh(&world, client, text(&tokens, "refresh_token")?).await?.expect(200)?;
    clock.advance(chrono::Duration::seconds(15));
    let page = console.see("?range=1h").await?;
    // One sign-in and one session in fifteen seconds are four a minute.
    holds(&page, "good 4.00, failed 0 a minute");
    holds(&page, "Sessions issued, in a minute");
    // Two answers of the token endpoint, one of them a refresh.
    holds(&page, "all 0.13, refreshes 0.07 a second");
    for part in [
        "<svg viewBox",
        "role=\"img\"",
        "<desc id=\"plot-requests-d\">",
        "<polyline class=\"line second\"",
        "As a table",
    ] {
        holds(&page, part);
    }
    assert!(!page.html.contains("<script") && !page.html.contains("style="), "a strict policy forbids both");
    holds(&console.see("?range=24h").await?, "Last 24 hours");
    world.stop().await;
    Ok(())
}

async fn a_provider_that_does_not_answer_is_said_so(engine: Engine) -> anyhow::Result<()> {
    let nowhere = loopback(integration_tests::ports::free()?);
    let patch = json!({ "console": { "enabled": true }, "oauth2_provider": { "url": nowhere } });
    let world = world!(World::on(engine).identity(patch));
    let console = Console::enter(&world).await?;
    for path in [
        "clients",
        "clients/new",
        "keys",
        "consents?identity=x",
        "token-preview?identity=olga%40example.org&client_id=x",
    ] {
        let page = console.see(path).await?;
        if path == "clients/new" {
            assert_eq!(page.status, 200);
            continue;
        }
        assert_eq!(page.status, 503, "{path}");
        holds(&page, "did not answer");
        holds(&page, "Signing keys");
    }
    let page = console.see("").await?;
    assert_eq!(page.status, 200);
    holds(&page, "cannot be reached");
    world.stop().await;
    Ok(())
}
