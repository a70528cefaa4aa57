//! A client reads, changes and removes its registration (RFC 7592).

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::{
    super::{assert_error, keys::lay, scene, text},
    call, open, register,
};
use crate::support::{on_both, on_sqlite};

on_both!(a_registration_is_read_changed_and_removed);
on_sqlite!(a_registration_is_its_clients_alone, a_change_keeps_to_the_rules);

/// 3: "registration_client_uri REQUIRED [...] registration_access_token REQUIRED"; 2.1: read, 2.2: "replace all of the client's metadata", 2.3:
/// delete, 204, "the authorization server [...] invalidate".
async fn a_registration_is_read_changed_and_removed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let sent = json!({
        "client_name": "Before", "redirect_uris": [integration_tests::login::CALLBACK], "contacts": ["a@example.org"],
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"], "scope": super::super::SCOPE,
    });
    let made = register(&scene, &sent).await?.expect(201)?;
    let (uri, token) = (text(&made, "registration_client_uri")?, text(&made, "registration_access_token")?);
    let read = call("GET", uri, Some(token), None).await?;
    assert!(read.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", read.headers);
    let read = read.expect(200)?;
    assert_eq!((&read["client_name"], &read["registration_access_token"]), (&json!("Before"), &json!(token)));
    let id = text(&made, "client_id")?;
    let tokens = scene.tokens_of(id).await?;

    let changed = lay(sent, &json!({ "client_id": id, "client_name": "After", "contacts": null }));
    let after = call("PUT", uri, Some(token), Some(&changed)).await?.expect(200)?;
    assert_eq!(text(&after, "client_name")?, "After");
    assert!(after["contacts"].as_array().is_none_or(Vec::is_empty), "what was left out is gone: {after}");
    let fresh = text(&after, "registration_access_token")?;
    assert_ne!(fresh, token);
    assert_eq!(call("GET", uri, Some(token), None).await?.status, 401, "the token before is spent");
    assert_eq!(call("GET", uri, Some(fresh), None).await?.expect(200)?["client_name"], "After");

    call("DELETE", uri, Some(fresh), None).await?.expect(204)?;
    assert_eq!(call("GET", uri, Some(fresh), None).await?.status, 401);
    // 2.3: what it had got is gone with it.
    assert!(!scene.is_active(text(&tokens, "access_token")?).await?);
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")?), ("client_id", id)];
    assert_error(&scene.post("/oauth2/token", &[], &form).await?, 401, "invalid_client");
    Ok(())
}

/// 2: "registration access token [...] 401 [...] MUST"; 2.1: "If the client does not exist on this server, the server MUST respond with
/// HTTP 401 Unauthorized, and the registration access token used to make this request SHOULD be immediately revoked."
async fn a_registration_is_its_clients_alone(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let body = json!({ "redirect_uris": ["https://app.example/cb"] });
    let (one, two) = (register(&scene, &body).await?.expect(201)?, register(&scene, &body).await?.expect(201)?);
    let uri = text(&one, "registration_client_uri")?.to_owned();
    let missing = format!("{}/nobody", scene.at("/oauth2/register"));
    let access = scene.tokens().await?;
    let foreign =
        [None, Some("guess"), Some(text(&two, "registration_access_token")?), Some(text(&access, "access_token")?)];
    for token in foreign {
        for (method, body) in [("GET", None), ("PUT", Some(&body)), ("DELETE", None)] {
            for uri in [&uri, &missing] {
                let answer = call(method, uri, token, body).await?;
                assert_eq!(answer.status, 401, "{method} {uri}: {}", answer.body);
            }
        }
    }
    call("GET", &uri, Some(text(&one, "registration_access_token")?), None).await?.expect(200)?;
    // The token that manages a registration opens nothing else.
    let token = text(&one, "registration_access_token")?;
    assert_eq!(scene.world.userinfo(token).await?.status, 401);
    assert!(!scene.is_active(token).await?);
    Ok(())
}

/// 2.2: "The client MUST include its client_id field in the request, and it MUST be the same [...] client_secret [...] MUST match the
/// currently issued client secret for that client"; a change is checked like a registration.
async fn a_change_keeps_to_the_rules(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let body = json!({ "redirect_uris": ["https://app.example/cb"] });
    let made = register(&scene, &body).await?.expect(201)?;
    let (uri, token) = (text(&made, "registration_client_uri")?, text(&made, "registration_access_token")?);
    let put =
        async |changes: serde_json::Value| call("PUT", uri, Some(token), Some(&lay(body.clone(), &changes))).await;
    assert_error(&put(json!({ "client_id": "another" })).await?, 400, "invalid_client_metadata");
    assert_eq!(put(json!({ "client_secret": "of-my-own-choice" })).await?.status, 403);
    assert_error(&put(json!({ "redirect_uris": ["https://app.example/#x"] })).await?, 400, "invalid_redirect_uri");
    for members in [
        json!({ "metadata": { "vip": true } }),
        json!({ "skip_consent": true }),
        json!({ "grant_types": ["client_credentials"] }),
    ] {
        assert_eq!(put(members.clone()).await?.status, 400, "{members}");
    }
    // None of it was written, and the token is still good.
    let secret = json!({ "client_secret": text(&made, "client_secret")?, "client_name": "Named" });
    let after = put(secret).await?.expect(200)?;
    assert_eq!(text(&after, "client_name")?, "Named");
    Ok(())
}
