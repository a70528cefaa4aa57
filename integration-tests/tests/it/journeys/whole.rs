//! The whole journey: register, verify by mail, log in at a client with PKCE, consent, tokens with role and permissions,
//! a change of role that reaches the next token, a disabled identity that gets none, logout.

use anyhow::Context as _;
use integration_tests::{
    login::{self, Authorization, claims},
    person::{Page, Person},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use crate::{
    oauth::{PASSWORD, assert_error, text},
    support::{on_both, world},
};

on_both!(from_registration_to_logout, verification_by_link);

const EMAIL: &str = "grace@example.org";
const SCOPE: &str = "openid offline_access profile email";

async fn from_registration_to_logout(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let home = "http://127.0.0.1:5555/goodbye";
    let client = world
        .client(json!({ "client_name": "Partner Portal", "post_logout_redirect_uris": [home], "access_token_strategy": "jwt" }))
        .await?;
    let client_id = text(&client, "client_id")?;
    let person = login::person()?.ending_at(home);

    register(&world, &person).await?;
    verify_by_code(&world, &person).await?;
    let identity = identity_of(&world, EMAIL).await?;
    assert_eq!(identity["verifiable_addresses"][0]["verified"], true);
    // Nobody gives himself a role: the operator does.
    assert!(identity["traits"].get("role").is_none(), "{identity}");
    let id = text(&identity, "id")?.to_owned();
    give(&world, &id, "buyer", &["orders:read"]).await?;

    let tokens = log_in_at_the_client(&world, client_id).await?;
    for name in ["id_token", "access_token"] {
        let found = claims(text(&tokens, name)?)?;
        let found = if name == "access_token" { &found["ext"] } else { &found };
        assert_eq!(found["role"], "buyer", "{name}: {found}");
        assert_eq!(found["permissions"], json!(["orders:read"]), "{name}: {found}");
        assert_eq!(found["company_id"], "c-42", "{name}: {found}");
    }
    let userinfo = world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
    assert_eq!((userinfo["sub"].as_str(), userinfo["email"].as_str()), (Some(id.as_str()), Some(EMAIL)));
    let introspected = world.introspect(text(&tokens, "access_token")?).await?;
    assert_eq!((introspected["active"].as_bool(), introspected["ext"]["role"].as_str()), (Some(true), Some("buyer")));

    give(&world, &id, "manager", &["orders:read", "orders:approve"]).await?;
    let tokens = login::refresh(&world, client_id, text(&tokens, "refresh_token")?).await?.expect(200)?;
    for name in ["id_token", "access_token"] {
        let found = claims(text(&tokens, name)?)?;
        let found = if name == "access_token" { &found["ext"] } else { &found };
        assert_eq!(found["role"], "manager", "{name}: {found}");
    }

    let patch = json!([{ "op": "replace", "path": "/state", "value": "inactive" }]);
    world.identity_admin("PATCH", &format!("/admin/identities/{id}"), Some(&patch)).await?.expect(200)?;
    let refused = login::refresh(&world, client_id, text(&tokens, "refresh_token")?).await?;
    assert!(matches!(refused.status, 400 | 403), "{}", refused.body);

    let patch = json!([{ "op": "replace", "path": "/state", "value": "active" }]);
    world.identity_admin("PATCH", &format!("/admin/identities/{id}"), Some(&patch)).await?.expect(200)?;
    let tokens = log_in_at_the_client(&world, client_id).await?;
    let access_token = text(&tokens, "access_token")?;
    assert_eq!(world.introspect(access_token).await?["active"], true);
    let patch = json!([{ "op": "replace", "path": "/state", "value": "inactive" }]);
    world.identity_admin("PATCH", &format!("/admin/identities/{id}"), Some(&patch)).await?.expect(200)?;
    let waited = until_inactive(&world, access_token).await?;
    assert!(waited < std::time::Duration::from_secs(2), "the token was good for {waited:?}");
    let refused = login::refresh(&world, client_id, text(&tokens, "refresh_token")?).await?;
    assert!(matches!(refused.status, 400 | 403), "{}", refused.body);
    log_out(&world, text(&tokens, "id_token")?, home).await?;
    world.stop().await;
    Ok(())
}

/// Waits until a token is not good any more; how long that took.
async fn until_inactive(world: &World, token: &str) -> anyhow::Result<std::time::Duration> {
    let begin = std::time::Instant::now();
    while begin.elapsed() < std::time::Duration::from_secs(10) {
        if world.introspect(token).await?["active"] == false {
            return Ok(begin.elapsed());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    anyhow::bail!("the token is still good")
}

/// The registration pages, one after the other as they ask.
async fn register(world: &World, person: &Person) -> anyhow::Result<Page> {
    let first = person.open(&world.identity_url("/registration")).await?;
    anyhow::ensure!(first.status == 200, "{}: {}\n{}", first.url, first.status, first.html);
    anyhow::ensure!(!first.html.contains("traits.role"), "a role may be chosen at registration:\n{}", first.html);
    let second = person
        .press(&first, ("method", "profile"), &[("traits.email", EMAIL), ("traits.name", "Grace Hopper")])
        .await?;
    let end = person.press(&second, ("method", "password"), &[("password", PASSWORD)]).await?;
    anyhow::ensure!(end.url.path() == "/verification", "registration led to {}\n{}", end.url, end.html);
    Ok(end)
}

async fn verify_by_code(world: &World, person: &Person) -> anyhow::Result<()> {
    let mail = world.mailbox.newest(EMAIL).await?;
    let code = mail.code()?;
    let page = person.open(&mail.link()?).await?;
    let end = person.press(&page, ("method", "code"), &[("code", &code)]).await?;
    anyhow::ensure!(end.status == 200, "verification led to {} ({})\n{}", end.url, end.status, end.html);
    Ok(())
}

/// A new browser: the client's redirect, the login page, the consent page, the client's exchange.
async fn log_in_at_the_client(world: &World, client_id: &str) -> anyhow::Result<Value> {
    let authorization = Authorization::new(world, client_id, SCOPE)?;
    let person = login::person()?;
    let end = login::sign_in(&person, &authorization.url, EMAIL, PASSWORD).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(authorization.state.as_str()), "{}", end.url);
    let code = end.parameter("code").with_context(|| format!("no code at {}", end.url))?;
    let answer = authorization.exchange(world, &code).await?;
    let tokens = answer.expect(200)?;
    assert_eq!(claims(text(&tokens, "id_token")?)?["nonce"], authorization.nonce.as_str());
    // The code is spent.
    assert_error(&authorization.exchange(world, &code).await?, 400, "invalid_grant");
    // A spent code sent again ends what it yielded, so the journey goes on with a code of its own.
    let authorization = Authorization::new(world, client_id, SCOPE)?;
    let end = login::sign_in(&login::person()?, &authorization.url, EMAIL, PASSWORD).await?;
    let code = end.parameter("code").with_context(|| format!("no code at {}", end.url))?;
    authorization.exchange(world, &code).await?.expect(200)
}

async fn log_out(world: &World, id_token: &str, home: &str) -> anyhow::Result<()> {
    let person = login::person()?.ending_at(home);
    let url = url::Url::parse_with_params(
        &world.oauth_url("/oauth2/sessions/logout"),
        [("id_token_hint", id_token), ("post_logout_redirect_uri", home), ("state", "see-you-soon")],
    )?;
    let page = person.open(url.as_str()).await?;
    let end =
        if page.url.as_str().starts_with(home) { page } else { person.press(&page, ("action", "accept"), &[]).await? };
    assert_eq!(end.url.as_str(), format!("{home}?state=see-you-soon"));
    Ok(())
}

async fn verification_by_link(engine: Engine) -> anyhow::Result<()> {
    let world = world!(
        World::on(engine).identity(json!({ "selfservice": { "flows": { "verification": { "use": "link" } } } }))
    );
    let person = login::person()?;
    register(&world, &person).await?;
    let link = world.mailbox.newest(EMAIL).await?.link()?;
    // Mail is often read elsewhere than where one registered.
    let elsewhere = login::person()?;
    let page = elsewhere.open(&link).await?;
    anyhow::ensure!(page.status == 200, "{}: {}\n{}", page.url, page.status, page.html);
    let identity = identity_of(&world, EMAIL).await?;
    assert_eq!(identity["verifiable_addresses"][0]["verified"], true, "{identity}");
    world.stop().await;
    Ok(())
}

async fn identity_of(world: &World, email: &str) -> anyhow::Result<Value> {
    let path = format!("/admin/identities?credentials_identifier={email}");
    let found = world.identity_admin("GET", &path, None).await?.expect(200)?;
    found.get(0).cloned().with_context(|| format!("nobody called {email}"))
}

/// What an operator changes: traits the person cannot write.
async fn give(world: &World, id: &str, role: &str, permissions: &[&str]) -> anyhow::Result<()> {
    let patch = json!([
        { "op": "add", "path": "/traits/role", "value": role },
        { "op": "add", "path": "/traits/company_id", "value": "c-42" },
        { "op": "add", "path": "/traits/permissions", "value": permissions },
    ]);
    world.identity_admin("PATCH", &format!("/admin/identities/{id}"), Some(&patch)).await?.expect(200)?;
    Ok(())
}
