//! RFC 7662, OAuth 2.0 Token Introspection.

use chrono::Duration;
use integration_tests::{
    person::{Answer, plain_client},
    settings::{Engine, loopback},
    world::World,
};
use serde_json::json;

use super::{clock, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(active_tokens_are_described, expired_tokens_are_inactive);
on_sqlite!(nobody_asks_without_a_credential, whatever_is_no_token_is_inactive);

/// 2.2: what an active token's description holds.
async fn active_tokens_are_described(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let access = scene.world.introspect(text(&tokens, "access_token")?).await?;
    assert_eq!(access["active"], true);
    assert_eq!(access["client_id"], scene.client_id.as_str());
    assert_eq!(access["sub"], scene.subject.as_str());
    assert_eq!(access["scope"], super::SCOPE);
    assert_eq!(access["token_type"], "Bearer");
    assert_eq!(access["token_use"], "access_token");
    assert_eq!(access["iss"], scene.world.places.issuer());
    assert_eq!(access["aud"], json!([]));
    assert_eq!(access["ext"]["role"], "buyer");
    let lifetime = access["exp"].as_i64().zip(access["iat"].as_i64()).map(|(exp, iat)| exp - iat);
    assert!(lifetime.is_some_and(|seconds| (900..=960).contains(&seconds)), "{access}");
    let refresh = scene.world.introspect(text(&tokens, "refresh_token")?).await?;
    assert_eq!((refresh["active"].as_bool(), refresh["token_use"].as_str()), (Some(true), Some("refresh_token")));
    scene.world.stop().await;
    Ok(())
}

/// 2.2: "active [...] a 'false' value" for a token that has expired, and nothing else told of it.
async fn expired_tokens_are_inactive(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let tokens = scene.tokens().await?;
    clock.advance(Duration::minutes(15) + Duration::seconds(1));
    assert_eq!(scene.world.introspect(text(&tokens, "access_token")?).await?, json!({ "active": false }));
    assert_eq!(scene.world.introspect(text(&tokens, "refresh_token")?).await?["active"], true);
    clock.advance(Duration::days(7));
    assert_eq!(scene.world.introspect(text(&tokens, "refresh_token")?).await?, json!({ "active": false }));
    scene.world.stop().await;
    Ok(())
}

/// 2.1: "To prevent token scanning attacks, the endpoint MUST also require some form of authorization to access this
/// endpoint." 2.3: without it, 401.
async fn nobody_asks_without_a_credential(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let url = format!("{}/admin/oauth2/introspect", loopback(scene.world.places.oauth_admin));
    let request = plain_client()?.post(url).form(&[("token", text(&tokens, "access_token")?)]);
    assert_eq!(Answer::read(request.send().await?).await?.status, 401);
    Ok(())
}

/// 2.2: "If the introspection call is properly authorized but the token is not active, does not exist on this server [...]
/// the authorization server MUST return an introspection response with the 'active' field set to 'false'."
async fn whatever_is_no_token_is_inactive(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let long = "x".repeat(20_000);
    for token in ["nothing", "ory_at_x.y", "a.b.c", "\u{1F600}", long.as_str()] {
        assert_eq!(scene.world.introspect(token).await?, json!({ "active": false }));
    }
    Ok(())
}
