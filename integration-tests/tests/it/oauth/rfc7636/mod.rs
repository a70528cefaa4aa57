//! RFC 7636, Proof Key for Code Exchange.

use integration_tests::{login, settings::Engine, world::World};

use super::{assert_error, assert_redirected_error, scene};
use crate::support::{on_both, on_sqlite};

on_both!(the_verifier_is_checked);
on_sqlite!(
    public_clients_need_a_challenge,
    plain_is_refused,
    the_example_of_the_specification_works,
    a_verifier_is_one_of_the_grammar
);

/// 4.6: "If the values are not equal, an error response indicating 'invalid_grant' [...] MUST be returned."
async fn the_verifier_is_checked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let wrong = ["x".repeat(43), "x".repeat(42), "x".repeat(129), "\u{fc}".repeat(43), String::new()];
    for verifier in wrong {
        let mut authorization = scene.authorization()?;
        let code = scene.code(&authorization).await?;
        authorization.verifier = verifier;
        assert_error(&authorization.exchange(&scene.world, &code).await?, 400, "invalid_grant");
    }
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    authorization.exchange(&scene.world, &code).await?.expect(200)?;
    scene.world.stop().await;
    Ok(())
}

/// 4.4.1: "If the server requires Proof Key for Code Exchange (PKCE) by OAuth public clients and the client does not send the
/// 'code_challenge' in the request, the authorization endpoint MUST return the authorization error response with the
/// 'error' value set to 'invalid_request'."
async fn public_clients_need_a_challenge(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let request = scene.authorization()?.without("code_challenge").without("code_challenge_method");
    assert_redirected_error(&login::person()?.open(request.url.as_str()).await?, "invalid_request");
    Ok(())
}

/// 4.4.1: "If the server does not support the requested transformation, the authorization endpoint MUST return [...]
/// 'invalid_request'." An absent method means `plain`, which is not supported.
async fn plain_is_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for request in [
        scene.authorization()?.with("code_challenge_method", "plain"),
        scene.authorization()?.without("code_challenge_method"),
    ] {
        assert_redirected_error(&login::person()?.open(request.url.as_str()).await?, "invalid_request");
    }
    Ok(())
}

/// Appendix B: the pair the specification gives.
async fn the_example_of_the_specification_works(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let mut request = scene.authorization()?.with("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let code = scene.code(&request).await?;
    request.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
    request.exchange(&scene.world, &code).await?.expect(200)?;
    Ok(())
}

/// 4.1: "code-verifier = 43*128unreserved": another text is none, though its hash be the challenge.
async fn a_verifier_is_one_of_the_grammar(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for (verifier, good) in [
        ("a".repeat(43), true),
        ("~".repeat(128), true),
        (format!("{}-._~", "Z9".repeat(30)), true),
        ("a".repeat(42), false),
        ("a".repeat(129), false),
        (format!("{}+", "a".repeat(60)), false),
        (format!("{} ", "a".repeat(60)), false),
        ("\u{fc}".repeat(43), false),
    ] {
        let mut request = scene.authorization()?.with("code_challenge", &super::keys::hash(&verifier));
        let code = scene.code(&request).await?;
        request.verifier = verifier;
        let answer = request.exchange(&scene.world, &code).await?;
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{}: {}", request.verifier, answer.body);
    }
    Ok(())
}
