//! OAuth 2.1 (draft-ietf-oauth-v2-1): `oauth2.profile: oauth21`.

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::{assert_error, assert_told, basic, scene, text};
use crate::support::on_sqlite;

on_sqlite!(every_code_has_a_challenge, no_token_comes_by_the_browser, what_is_left_out_is_not_offered);

fn profile() -> Value {
    json!({ "oauth2": { "profile": "oauth21" } })
}

/// 4.1.1 and 7.5.1: "Clients MUST use code_challenge and code_verifier and authorization servers MUST enforce their use"; 4.1.3: a verifier
/// without a challenge is refused.
async fn every_code_has_a_challenge(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let (id, secret) = scene.confidential().await?;
    for client in [&id, &scene.client_id] {
        let request = scene.request_of(client)?.without("code_challenge").without("code_challenge_method");
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "invalid_request");
    }
    let (request, header) = (scene.request_of(&id)?, basic(&id, &secret));
    let code = scene.code(&request).await?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", integration_tests::login::CALLBACK),
    ];
    assert_error(&scene.post("/oauth2/token", &[("authorization", &header)], &form).await?, 400, "invalid_grant");
    scene.exchange(&request, &code, &[("authorization", &header)], &[]).await?.expect(200)?;
    Ok(())
}

/// 10.1: "the Implicit grant (response_type=token) is omitted"; ID tokens by the browser are OpenID Connect's and stay.
async fn no_token_comes_by_the_browser(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let types = ["token", "id_token token", "code token", "code id_token token", "id_token", "code id_token"];
    let client =
        scene.register(json!({ "grant_types": ["authorization_code", "implicit"], "response_types": types })).await?;
    for (index, kind) in types.iter().enumerate() {
        let request = scene.request_of(&client)?.with("response_type", kind).with("prompt", "none");
        let code = if index < 4 { "unsupported_response_type" } else { "login_required" };
        assert_told(&scene.look(request.url.as_str(), &[]).await?, code);
    }
    Ok(())
}

/// 10: "The Resource Owner Password Credentials grant is omitted"; "Bearer token usage omits the use of bearer tokens in the query
/// string"; 4.3.1: "Refresh tokens for public clients must either be sender-constrained or one-time use".
async fn what_is_left_out_is_not_offered(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let document = scene.metadata().await?;
    let types = document["response_types_supported"].as_array().expect("a list");
    assert!(
        types.iter().all(|kind| !kind.as_str().unwrap_or_default().split(' ').any(|word| word == "token")),
        "{types:?}"
    );
    let tokens = scene.tokens().await?;
    let access = text(&tokens, "access_token")?;
    assert_eq!(scene.get(&format!("/userinfo?access_token={access}"), &[]).await?.status, 401);
    let refresh = text(&tokens, "refresh_token")?;
    scene.refresh(refresh).await?.expect(200)?;
    assert_error(&scene.refresh(refresh).await?, 400, "invalid_grant");
    Ok(())
}
