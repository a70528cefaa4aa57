//! The same people with an app instead of a browser: flows as JSON, a session token instead of a cookie.

use anyhow::Context as _;
use integration_tests::{person::plain_client, settings::Engine, world::World};
use serde_json::{Value, json};

use crate::{
    oauth::{EMAIL, PASSWORD, text},
    support::{on_both, world},
};

on_both!(register_verify_and_sign_in_as_an_app);

/// One JSON request of an app: no cookies, no Origin.
async fn call(method: &str, url: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
    let mut request = plain_client()?.request(method.parse()?, url).header("accept", "application/json");
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).with_context(|| text.clone())? };
    Ok((status, body))
}

async fn submit(flow: &Value, body: Value) -> anyhow::Result<(u16, Value)> {
    let action = flow["ui"]["action"].as_str().with_context(|| format!("no action in {flow}"))?;
    call("POST", action, Some(&body)).await
}

async fn register_verify_and_sign_in_as_an_app(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let (status, flow) = call("GET", &world.identity_url("/self-service/registration/api"), None).await?;
    assert_eq!((status, flow["type"].as_str()), (200, Some("api")), "{flow}");
    let traits = json!({ "email": EMAIL, "name": "Ada Lovelace" });

    // A role is not for the asking.
    let greedy = json!({ "email": EMAIL, "name": "Ada Lovelace", "role": "admin" });
    let (status, refused) =
        submit(&flow, json!({ "method": "password", "password": PASSWORD, "traits": greedy })).await?;
    assert_eq!(status, 400, "{refused}");

    let (status, done) = submit(&flow, json!({ "method": "password", "password": PASSWORD, "traits": traits })).await?;
    assert_eq!(status, 200, "{done}");
    assert!(text(&done, "session_token")?.starts_with("ory_st_"), "{done}");
    let asked = done["continue_with"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["action"] == "show_verification_ui"));
    let verification =
        asked.with_context(|| format!("no verification in {done}"))?["flow"]["id"].as_str().context("an id")?;

    // Until the address is verified, the login hook refuses.
    let (_, flow) = call("GET", &world.identity_url("/self-service/login/api"), None).await?;
    let credentials = json!({ "method": "password", "identifier": EMAIL, "password": PASSWORD });
    let (status, refused) = submit(&flow, credentials.clone()).await?;
    assert_eq!(
        (status, refused["error"]["id"].as_str()),
        (403, Some("session_verified_address_required")),
        "{refused}"
    );

    let code = world.mailbox.newest(EMAIL).await?.code()?;
    let url = world.identity_url(&format!("/self-service/verification?flow={verification}"));
    let (status, passed) = call("POST", &url, Some(&json!({ "method": "code", "code": code }))).await?;
    assert_eq!((status, passed["state"].as_str()), (200, Some("passed_challenge")), "{passed}");

    let (_, flow) = call("GET", &world.identity_url("/self-service/login/api"), None).await?;
    let (status, wrong) =
        submit(&flow, json!({ "method": "password", "identifier": EMAIL, "password": "not it" })).await?;
    assert_eq!((status, wrong["ui"]["messages"][0]["id"].as_i64()), (400, Some(4_000_006)), "{wrong}");
    let (status, done) = submit(&flow, credentials).await?;
    assert_eq!(status, 200, "{done}");

    let token = text(&done, "session_token")?;
    let whoami =
        plain_client()?.get(world.identity_url("/sessions/whoami")).header("x-session-token", token).send().await?;
    assert_eq!(whoami.status(), 200);
    let session: Value = whoami.json().await?;
    assert_eq!(session["identity"]["traits"]["email"], EMAIL);
    assert_eq!(session["authentication_methods"][0]["method"], "password");

    let url = world.identity_url("/self-service/logout/api");
    assert_eq!(call("DELETE", &url, Some(&json!({ "session_token": token }))).await?.0, 204);
    let whoami =
        plain_client()?.get(world.identity_url("/sessions/whoami")).header("x-session-token", token).send().await?;
    assert_eq!(whoami.status(), 401);
    world.stop().await;
    Ok(())
}
