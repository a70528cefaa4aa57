//! RFC 7009, OAuth 2.0 Token Revocation.

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::{assert_error, basic, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(revoking_one_token_ends_the_grant, many_revocations_at_once_are_one);
on_sqlite!(
    unknown_tokens_are_no_error,
    a_foreign_token_is_not_revoked,
    credentials_are_checked,
    tokens_of_every_kind_end
);

/// 2.1: "If the particular token is a refresh token and the authorization server supports the revocation of access tokens,
/// then the authorization server SHOULD also invalidate all access tokens based on the same authorization grant."
async fn revoking_one_token_ends_the_grant(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for (name, hint) in
        [("refresh_token", ""), ("access_token", ""), ("refresh_token", "access_token"), ("access_token", "bogus")]
    {
        let tokens = scene.tokens().await?;
        let mut form = vec![("token", text(&tokens, name)?), ("client_id", scene.client_id.as_str())];
        if !hint.is_empty() {
            form.push(("token_type_hint", hint));
        }
        let answer = scene.world.post_form("/oauth2/revoke", None, &form).await?;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        for name in ["access_token", "refresh_token"] {
            assert_eq!(scene.world.introspect(text(&tokens, name)?).await?, json!({ "active": false }), "{name}");
        }
        assert_error(&scene.refresh(text(&tokens, "refresh_token")?).await?, 400, "invalid_grant");
    }
    scene.world.stop().await;
    Ok(())
}

/// 2.2: "The authorization server responds with HTTP status code 200 if the token has been revoked successfully or if the
/// client submitted an invalid token."
async fn unknown_tokens_are_no_error(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for token in ["nothing", "ory_rt_a.b", "a.b.c"] {
        let form = [("token", token), ("client_id", scene.client_id.as_str())];
        assert_eq!(scene.world.post_form("/oauth2/revoke", None, &form).await?.status, 200);
    }
    Ok(())
}

/// 2.1: "The authorization server [...] verifies whether the token was issued to the client making the revocation request."
async fn a_foreign_token_is_not_revoked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let other = scene.world.client(json!({})).await?;
    for name in ["access_token", "refresh_token"] {
        let form = [("token", text(&tokens, name)?), ("client_id", text(&other, "client_id")?)];
        scene.world.post_form("/oauth2/revoke", None, &form).await?;
        assert_eq!(scene.world.introspect(text(&tokens, name)?).await?["active"], true, "{name}");
    }
    Ok(())
}

/// 2.1: "The authorization server first validates the client credentials (in case of a confidential client)."
async fn credentials_are_checked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let form = [("token", "nothing")];
    assert_error(&scene.world.post_form("/oauth2/revoke", Some((&id, "wrong")), &form).await?, 401, "invalid_client");
    assert_eq!(scene.world.post_form("/oauth2/revoke", Some((&id, &secret)), &form).await?.status, 200);
    assert_error(&scene.world.post_form("/oauth2/revoke", Some((&id, &secret)), &[]).await?, 400, "invalid_request");
    Ok(())
}

/// 2.2: "invalid tokens do not cause an error response": of many who revoke the same token, each is told that it is gone.
async fn many_revocations_at_once_are_one(engine: Engine) -> anyhow::Result<()> {
    let scene = std::sync::Arc::new(scene!(World::on(engine)));
    let tokens = std::sync::Arc::new(scene.tokens().await?);
    let runs: Vec<_> = (0..50)
        .map(|turn| {
            let (scene, tokens) = (std::sync::Arc::clone(&scene), std::sync::Arc::clone(&tokens));
            tokio::spawn(async move {
                let name = if turn % 2 == 0 { "access_token" } else { "refresh_token" };
                let form = [("token", text(&tokens, name)?), ("client_id", scene.client_id.as_str())];
                scene.post("/oauth2/revoke", &[], &form).await
            })
        })
        .collect();
    for run in runs {
        assert_eq!(run.await??.status, 200);
    }
    for name in ["access_token", "refresh_token"] {
        assert!(!scene.is_active(text(&tokens, name)?).await?, "{name}");
    }
    Ok(())
}

/// 2.1: "Implementations MUST support the revocation of refresh tokens and SHOULD support the revocation of access tokens": signed ones and
/// those of clients alone as well; 2: by POST.
async fn tokens_of_every_kind_end(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let tokens = scene.tokens_of(&client).await?;
    let form = [("token", text(&tokens, "access_token")?), ("client_id", client.as_str())];
    assert!(scene.is_active(form[0].1).await?);
    scene.post("/oauth2/revoke", &[], &form).await?.expect(200)?;
    assert!(!scene.is_active(form[0].1).await?);
    assert_eq!(scene.world.userinfo(form[0].1).await?.status, 401);

    let (id, secret) = scene.confidential().await?;
    let header = basic(&id, &secret);
    let grant = [("grant_type", "client_credentials")];
    let own = scene.post("/oauth2/token", &[("authorization", &header)], &grant).await?.expect(200)?;
    let form = [("token", text(&own, "access_token")?), ("token_type_hint", "refresh_token")];
    scene.post("/oauth2/revoke", &[("authorization", &header)], &form).await?.expect(200)?;
    assert!(!scene.is_active(form[0].1).await?);
    let by_get = scene.get("/oauth2/revoke", &[]).await?;
    assert_eq!((by_get.status, by_get.header("allow")), (405, Some("POST")));
    Ok(())
}
