//! Nobody gets more than was granted, by whichever door he comes (2.3, 4.14.2).

use integration_tests::{
    login::{Authorization, CALLBACK},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::super::{assert_error, assert_told, basic, clock, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    a_code_yields_what_was_granted,
    a_refresh_token_is_bound_to_its_scopes,
    an_unused_refresh_token_ends,
    a_client_gets_no_scope_and_audience_of_others,
    a_client_that_loses_a_scope_refreshes_without_it,
);

/// RFC 6749 4.1.3 knows no scope at the token endpoint; what stands there widens nothing. RFC 8707 2.2: nor does a resource.
async fn a_code_yields_what_was_granted(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "audience": ["https://api.example/a", "https://api.example/b"] })).await?;
    let authorization = Authorization::new(&scene.world, &client, "openid")?.with("audience", "https://api.example/a");
    let code = scene.code(&authorization).await?;
    let more = [("scope", "openid offline_access profile email"), ("audience", "https://api.example/b")];
    let tokens = scene.exchange(&authorization, &code, &[], &more).await?.expect(200)?;
    let found = scene.world.introspect(text(&tokens, "access_token")?).await?;
    assert_eq!((text(&tokens, "scope")?, &found["scope"]), ("openid", &json!("openid")));
    assert_eq!(found["aud"], json!(["https://api.example/a"]));
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
    let code = scene.code(&authorization).await?;
    let more = [("resource", "https://api.example/b")];
    assert_error(&scene.exchange(&authorization, &code, &[], &more).await?, 400, "invalid_target");
    Ok(())
}

/// 4.14.2: "Refresh tokens MUST be bound to the scope and resource servers as consented by the resource owner"; RFC 6749 6: "The
/// requested scope MUST NOT include any scope not originally granted by the resource owner."
async fn a_refresh_token_is_bound_to_its_scopes(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "audience": ["https://api.example/a", "https://api.example/b"] })).await?;
    let authorization = Authorization::new(&scene.world, &client, "openid offline_access profile")?
        .with("audience", "https://api.example/a");
    let code = scene.code(&authorization).await?;
    let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
    let refresh = async |token: &str, more: &[(&str, &str)]| {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client.as_str())];
        form.extend(more);
        scene.post("/oauth2/token", &[], &form).await
    };
    let first = text(&tokens, "refresh_token")?;
    for wider in ["openid offline_access profile email", "email", "admin", "*"] {
        assert_error(&refresh(first, &[("scope", wider)]).await?, 400, "invalid_scope");
    }
    assert_error(&refresh(first, &[("resource", "https://api.example/b")]).await?, 400, "invalid_target");
    let narrow = refresh(first, &[("scope", "openid")]).await?.expect(200)?;
    assert_eq!(text(&narrow, "scope")?, "openid");
    assert_eq!(scene.world.introspect(text(&narrow, "access_token")?).await?["scope"], "openid");
    let again =
        refresh(text(&narrow, "refresh_token")?, &[("audience", "https://api.example/b")]).await?.expect(200)?;
    let found = scene.world.introspect(text(&again, "access_token")?).await?;
    assert_eq!(
        (&found["scope"], &found["aud"]),
        (&json!("openid offline_access profile"), &json!(["https://api.example/a"]))
    );
    Ok(())
}

/// 4.14.2: "Refresh tokens SHOULD expire if the client has been inactive for some time."
async fn an_unused_refresh_token_ends(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let tokens = scene.tokens().await?;
    clock.advance(chrono::Duration::days(7) + chrono::Duration::seconds(1));
    assert_error(&scene.refresh(text(&tokens, "refresh_token")?).await?, 400, "invalid_grant");
    Ok(())
}

/// RFC 6749 3.3 and RFC 8707 2: a scope, an audience or a resource the client has not registered is refused at every door.
async fn a_client_gets_no_scope_and_audience_of_others(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential_with(json!({ "audience": ["https://api.example/a"] })).await?;
    let header = basic(&id, &secret);
    let cases = [
        ("scope", "profile admin", "invalid_scope"),
        ("scope", "*", "invalid_scope"),
        ("scope", "prof*", "invalid_scope"),
        ("audience", "https://api.example/b", "invalid_request"),
        ("audience", "https://api.example/ab", "invalid_request"),
        ("audience", "https://api.example.evil.example/a", "invalid_request"),
        ("audience", "https://api.example/a/../b", "invalid_request"),
        ("audience", "http://api.example/a", "invalid_request"),
        ("resource", "https://api.example/b", "invalid_target"),
        ("resource", "https://api.example/a#fragment", "invalid_target"),
        ("resource", "api.example/a", "invalid_target"),
    ];
    for (name, value, code) in cases {
        let form = [("grant_type", "client_credentials"), (name, value)];
        let answer = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?;
        assert_eq!(answer.status, 400, "{name}={value}: {}", answer.body);
        assert_error(&answer, 400, code);
        let request = scene.request_of(&id)?.with(name, value);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, code);
        let form = [("client_id", id.as_str()), ("response_type", "code"), ("redirect_uri", CALLBACK), (name, value)];
        assert_error(&scene.post("/oauth2/par", &[("authorization", &header)], &form).await?, 400, code);
    }
    Ok(())
}

/// RFC 6749 6 and the contract: each scope of the grant is one the client may still have.
async fn a_client_that_loses_a_scope_refreshes_without_it(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let patch = json!([{ "op": "replace", "path": "/scope", "value": "openid offline_access" }]);
    let of_client = format!("/admin/clients/{}", scene.client_id);
    scene.world.oauth_admin("PATCH", &of_client, Some(&patch)).await?.expect(200)?;
    assert_error(&scene.refresh(text(&tokens, "refresh_token")?).await?, 400, "invalid_scope");
    Ok(())
}
