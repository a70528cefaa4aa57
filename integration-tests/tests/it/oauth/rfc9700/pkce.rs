//! PKCE, and ways around it.

use integration_tests::{settings::Engine, world::World};

use super::super::{assert_error, assert_told, basic, scene, sent};
use crate::support::on_sqlite;

on_sqlite!(
    a_verifier_without_a_challenge_is_a_downgrade,
    a_challenge_cannot_be_dropped,
    a_challenge_is_one_s256_can_have_made,
    a_code_is_bound_to_its_own_challenge,
);

/// 2.1.1: "Authorization servers MUST mitigate PKCE downgrade attacks by ensuring that a token request containing a code_verifier
/// parameter is accepted only if a code_challenge parameter was present in the authorization request."
async fn a_verifier_without_a_challenge_is_a_downgrade(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let stripped = scene.request_of(&id)?.without("code_challenge").without("code_challenge_method");
    let code = scene.code(&stripped).await?;
    let header = basic(&id, &secret);
    let answer = scene.exchange(&stripped, &code, &[("authorization", &header)], &[]).await?;
    assert_error(&answer, 400, "invalid_grant");
    Ok(())
}

/// 2.1.1: "If a client sends a valid PKCE code_challenge parameter in the authorization request, the authorization server MUST enforce
/// the correct usage of code_verifier at the token endpoint."
async fn a_challenge_cannot_be_dropped(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let header = basic(&id, &secret);
    let authorization = scene.request_of(&id)?;
    let code = scene.code(&authorization).await?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", integration_tests::login::CALLBACK),
    ];
    let headers = [("authorization", header.as_str())];
    assert_error(&scene.post("/oauth2/token", &headers, &form).await?, 400, "invalid_grant");
    // The attempt has not spent the code: its owner has the verifier.
    scene.exchange(&authorization, &code, &headers, &[]).await?.expect(200)?;
    Ok(())
}

/// 2.1.1: "When using PKCE, clients SHOULD use PKCE code challenge methods that do not expose the PKCE verifier in the authorization
/// request. [...] Currently, S256 is the only such method." RFC 7636 4.2: what S256 makes has 43 characters.
async fn a_challenge_is_one_s256_can_have_made(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (long, short) = ("x".repeat(44), "x".repeat(42));
    for challenge in [long.as_str(), short.as_str(), "", "=", "a+/=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let url = scene.authorization()?.with("code_challenge", challenge).url;
        assert_told(&scene.look(url.as_str(), &[]).await?, "invalid_request");
    }
    for method in ["plain", "PLAIN", "s256", "S512", "none", ""] {
        let url = scene.authorization()?.with("code_challenge_method", method).url;
        assert_told(&scene.look(url.as_str(), &[]).await?, "invalid_request");
    }
    // Two challenges, of which somebody else may have added one.
    let mut url = scene.authorization()?.url;
    url.query_pairs_mut().append_pair("code_challenge", &"y".repeat(43));
    assert_eq!(sent(&scene.look(url.as_str(), &[]).await?, "error").as_deref(), Some("invalid_request"));
    Ok(())
}

/// 4.5.3.1: with PKCE, a code that an attacker injects into a session of his own does not meet that session's verifier.
async fn a_code_is_bound_to_its_own_challenge(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (victim, attacker) = (scene.authorization()?, scene.authorization()?);
    let stolen = scene.code(&victim).await?;
    assert_error(&scene.exchange(&attacker, &stolen, &[], &[]).await?, 400, "invalid_grant");
    scene.exchange(&victim, &stolen, &[], &[]).await?.expect(200)?;
    Ok(())
}
