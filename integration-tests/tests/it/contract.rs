//! The shapes other programs rely on, as snapshots: what varies is replaced by its kind, what is left is the contract.

use anyhow::Context as _;
use insta::assert_json_snapshot;
use integration_tests::{login, person::plain_client, settings::Engine, world::World};
use serde_json::{Map, Value, json};

use crate::{
    oauth::{EMAIL, Scene, scene, text},
    support::on_sqlite,
};

on_sqlite!(oauth_documents, token_bodies, challenges, flows, sessions_and_identities, clients, errors);

/// Replaces what differs from run to run by what it is.
fn shape(scene: &Scene, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let shaped: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), named(scene, name, value))).collect();
            Value::Object(shaped)
        }
        Value::Array(items) => items.iter().map(|item| shape(scene, item)).collect(),
        Value::String(text) => Value::String(word(scene, text)),
        other => other.clone(),
    }
}

fn named(scene: &Scene, name: &str, value: &Value) -> Value {
    const SECONDS: &[&str] = &["exp", "iat", "nbf", "rat", "auth_time", "expires_in", "since"];
    const RANDOM: &[&str] = &[
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "registration_access_token",
        "csrf_token",
        "at_hash",
        "nonce",
        "n",
        "x",
        "y",
        "session_token",
        "code",
        "challenge",
        "login_challenge",
        "consent_request_id",
        "request",
        "session_id",
        "login_session_id",
        "sid",
        "logout_token",
    ];
    match value {
        Value::Number(_) if SECONDS.contains(&name) => json!("<seconds>"),
        Value::String(text) if RANDOM.contains(&name) && !text.is_empty() => json!(format!("<{name}>")),
        Value::Object(fields) if fields.get("name") == Some(&json!("csrf_token")) => {
            let mut fields = fields.clone();
            fields.insert("value".to_owned(), json!("<csrf_token>"));
            shape(scene, &Value::Object(fields))
        }
        other => shape(scene, other),
    }
}

fn word(scene: &Scene, text: &str) -> String {
    let places = &scene.world.places;
    let known = [
        (places.identity(), "<identity>"),
        (places.oauth(), "<oauth>"),
        (integration_tests::settings::loopback(places.identity_admin), "<identity-admin>"),
        (integration_tests::settings::loopback(places.oauth_admin), "<oauth-admin>"),
    ];
    let mut text = known.into_iter().fold(text.to_owned(), |text, (address, word)| text.replace(&address, word));
    if text.len() > 19 && text.get(4..5) == Some("-") && text.get(10..11) == Some("T") {
        return "<time>".to_owned();
    }
    // Ids wherever they stand, in addresses too.
    let ids: Vec<(usize, usize)> = (0..text.len().saturating_sub(35))
        .filter(|at| text.get(*at..at + 36).is_some_and(is_uuid))
        .map(|at| (at, at + 36))
        .collect();
    for (from, to) in ids.into_iter().rev() {
        text.replace_range(from..to, "<id>");
    }
    for name in ["login_challenge=", "consent_challenge=", "login_verifier=", "code_challenge=", "state=", "nonce="] {
        if let Some(at) = text.find(name) {
            let from = at + name.len();
            let to = text[from..].find('&').map_or(text.len(), |end| from + end);
            text.replace_range(from..to, "..");
        }
    }
    text
}

fn is_uuid(text: &str) -> bool {
    text.char_indices().all(|(at, c)| if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() })
}

async fn get(url: &str) -> anyhow::Result<Value> {
    let response = plain_client()?.get(url).header("accept", "application/json").send().await?;
    let text = response.text().await?;
    serde_json::from_str(&text).with_context(|| text)
}

async fn oauth_documents(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let discovery = get(&scene.world.oauth_url("/.well-known/openid-configuration")).await?;
    assert_json_snapshot!("discovery", shape(&scene, &discovery));
    let keys = get(&scene.world.oauth_url("/.well-known/jwks.json")).await?;
    assert_json_snapshot!("jwks", shape(&scene, &keys));
    Ok(())
}

async fn token_bodies(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    assert_json_snapshot!("token_answer", shape(&scene, &tokens));
    assert_json_snapshot!("id_token", shape(&scene, &login::claims(text(&tokens, "id_token")?)?));
    let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
    assert_json_snapshot!("userinfo", shape(&scene, &userinfo));
    let told = scene.world.introspect(text(&tokens, "access_token")?).await?;
    assert_json_snapshot!("introspection", shape(&scene, &told));

    let client = scene.world.client(json!({ "access_token_strategy": "jwt" })).await?;
    let tokens = login::tokens(&scene.world, text(&client, "client_id")?, EMAIL, crate::oauth::PASSWORD).await?;
    assert_json_snapshot!("jwt_access_token", shape(&scene, &login::claims(text(&tokens, "access_token")?)?));
    Ok(())
}

async fn challenges(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = login::person()?
        .ending_at(&scene.world.identity_url("/consent"))
        .ending_at(&scene.world.identity_url("/login"));
    let authorization =
        scene.authorization()?.with("login_hint", EMAIL).with("ui_locales", "en de").with("acr_values", "1");
    let start = person.open(authorization.url.as_str()).await?;
    let challenge = start.parameter("login_challenge").context("a login challenge")?;
    let path = format!("/admin/oauth2/auth/requests/login?login_challenge={challenge}");
    let request = scene.world.oauth_admin("GET", &path, None).await?.expect(200)?;
    assert_eq!(text(&request, "challenge")?, challenge);
    assert_json_snapshot!("login_request", shape(&scene, &request));

    let path = format!("/admin/oauth2/auth/requests/login/accept?login_challenge={challenge}");
    let accept = json!({ "subject": scene.subject, "acr": "1", "amr": ["pwd"], "context": { "any": ["thing"] } });
    let accepted = scene.world.oauth_admin("PUT", &path, Some(&accept)).await?.expect(200)?;
    let consent = person.open(text(&accepted, "redirect_to")?).await?;
    let challenge = consent.parameter("consent_challenge").context("a consent challenge")?;
    let path = format!("/admin/oauth2/auth/requests/consent?consent_challenge={challenge}");
    let request = scene.world.oauth_admin("GET", &path, None).await?.expect(200)?;
    assert_eq!(text(&request, "challenge")?, challenge);
    assert_json_snapshot!("consent_request", shape(&scene, &request));
    Ok(())
}

async fn flows(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for kind in ["login", "registration", "verification"] {
        for client in ["browser", "api"] {
            let person = login::person()?;
            let url = scene.world.identity_url(&format!("/self-service/{kind}/{client}"));
            let flow = person.call("GET", &url, None).await?.expect(200)?;
            assert_json_snapshot!(format!("{kind}_flow_{client}"), shape(&scene, &flow));
        }
    }
    Ok(())
}

async fn sessions_and_identities(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = plain_client()?;
    let flow = get(&scene.world.identity_url("/self-service/login/api")).await?;
    let body = json!({ "method": "password", "identifier": EMAIL, "password": crate::oauth::PASSWORD });
    let answer: Value = client.post(text(&flow["ui"], "action")?).json(&body).send().await?.json().await?;
    assert_json_snapshot!("native_login", shape(&scene, &answer));
    let request = client
        .get(scene.world.identity_url("/sessions/whoami"))
        .header("x-session-token", text(&answer, "session_token")?);
    let session: Value = request.send().await?.json().await?;
    assert_json_snapshot!("whoami", shape(&scene, &session));
    let identity =
        scene.world.identity_admin("GET", &format!("/admin/identities/{}", scene.subject), None).await?.expect(200)?;
    assert_json_snapshot!("identity", shape(&scene, &identity));
    Ok(())
}

async fn clients(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let created = scene
        .world
        .client(json!({ "token_endpoint_auth_method": "client_secret_basic", "client_name": "Shop" }))
        .await?;
    assert_eq!(text(&created, "client_secret")?.len(), 26);
    assert_json_snapshot!("client_created", shape(&scene, &created));
    let path = format!("/admin/clients/{}", text(&created, "client_id")?);
    let read = scene.world.oauth_admin("GET", &path, None).await?.expect(200)?;
    assert_json_snapshot!("client_read", shape(&scene, &read));
    Ok(())
}

async fn errors(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let whoami = get(&scene.world.identity_url("/sessions/whoami")).await?;
    assert_json_snapshot!("whoami_without_session", shape(&scene, &whoami));
    let missing =
        scene.world.identity_admin("GET", "/admin/identities/00000000-0000-4000-8000-000000000000", None).await?;
    assert_json_snapshot!("identity_not_found", shape(&scene, &missing.expect(404)?));
    let missing = scene.world.oauth_admin("GET", "/admin/clients/nobody", None).await?;
    assert_json_snapshot!("client_not_found", shape(&scene, &missing.expect(404)?));
    let grant =
        scene.world.post_form("/oauth2/token", None, &[("grant_type", "odd"), ("client_id", &scene.client_id)]).await?;
    assert_json_snapshot!("unknown_grant", shape(&scene, &grant.expect(400)?));
    let request = json!({ "schema_id": "default", "traits": { "email": EMAIL, "name": "Ada" }, "unexpected": 1 });
    let refused = scene.world.identity_admin("POST", "/admin/identities", Some(&request)).await?;
    assert_json_snapshot!("identity_with_unknown_field", shape(&scene, &refused.expect(400)?));
    Ok(())
}
