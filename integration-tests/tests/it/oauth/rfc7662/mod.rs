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
on_sqlite!(
    nobody_asks_without_a_credential,
    whatever_is_no_token_is_inactive,
    a_question_is_a_form_with_a_token,
    what_has_ended_is_inactive_at_once,
    a_signed_token_is_described_alike,
);

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

/// 2.1: "an HTTP POST request with parameters sent as application/x-www-form-urlencoded data [...] token REQUIRED [...] token_type_hint
/// OPTIONAL"; 2.2: application/json; 4: answers are not cached.
async fn a_question_is_a_form_with_a_token(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let url = format!("{}/admin/oauth2/introspect", loopback(scene.world.places.oauth_admin));
    let ask = async |form: &[(&str, &str)]| {
        let request = plain_client()?.post(&url).bearer_auth(&scene.world.places.oauth_key).form(form);
        Answer::read(request.send().await?).await
    };
    for form in [&[][..], &[("token_type_hint", "access_token")], &[("token", "")]] {
        super::assert_error(&ask(form).await?, 400, "invalid_request");
    }
    for hint in ["access_token", "refresh_token", "nonsense", ""] {
        for name in ["access_token", "refresh_token"] {
            let answer = ask(&[("token", text(&tokens, name)?), ("token_type_hint", hint)]).await?;
            assert!(
                answer.header("cache-control").is_some_and(|value| value.contains("no-store")),
                "{:?}",
                answer.headers
            );
            assert!(
                answer.header("content-type").is_some_and(|value| value.starts_with("application/json")),
                "{:?}",
                answer.headers
            );
            assert_eq!(answer.json()?["active"], true, "{name} by {hint}");
        }
    }
    // The scopes that are asked about must all be there.
    let token = text(&tokens, "access_token")?;
    assert_eq!(ask(&[("token", token), ("scope", "email profile")]).await?.json()?["active"], true);
    assert_eq!(ask(&[("token", token), ("scope", "email admin")]).await?.json()?, json!({ "active": false }));
    // A token in the address is not looked at, and would stand in logs.
    let request = plain_client()?
        .post(format!("{url}?token={token}"))
        .bearer_auth(&scene.world.places.oauth_key)
        .form(&[("x", "y")]);
    assert_eq!(Answer::read(request.send().await?).await?.status, 400);
    let request = plain_client()?.get(format!("{url}?token={token}")).bearer_auth(&scene.world.places.oauth_key);
    assert!(matches!(Answer::read(request.send().await?).await?.status, 404 | 405));
    Ok(())
}

/// 2.2 and 4: "the authorization server MUST determine whether or not the token [...] has been revoked": with its person, with its client,
/// with its consent.
async fn what_has_ended_is_inactive_at_once(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let other = scene.register(json!({})).await?;
    let (one, two) = (scene.tokens().await?, scene.tokens_of(&other).await?);
    scene.world.oauth_admin("DELETE", &format!("/admin/clients/{other}"), None).await?.expect(204)?;
    for name in ["access_token", "refresh_token"] {
        assert_eq!(scene.world.introspect(text(&two, name)?).await?, json!({ "active": false }), "{name}");
        assert!(scene.is_active(text(&one, name)?).await?, "{name}");
    }
    let path = format!("/admin/oauth2/auth/sessions/consent?subject={}&client={}", scene.subject, scene.client_id);
    scene.world.oauth_admin("DELETE", &path, None).await?.expect(204)?;
    for name in ["access_token", "refresh_token"] {
        assert_eq!(scene.world.introspect(text(&one, name)?).await?, json!({ "active": false }), "{name}");
    }
    Ok(())
}

/// 2.2: a token that can be read by itself is asked about like any other, and says the same.
async fn a_signed_token_is_described_alike(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let tokens = scene.tokens_of(&client).await?;
    let token = text(&tokens, "access_token")?;
    let (found, claims) = (scene.world.introspect(token).await?, super::keys::part(token, 1));
    for name in ["iss", "sub", "client_id", "exp", "iat", "nbf", "aud"] {
        assert_eq!(found[name], claims[name], "{name}");
    }
    Ok(())
}
