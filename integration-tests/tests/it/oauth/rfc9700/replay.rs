//! What is good once is good once, however many come with it at the same time.

use std::sync::Arc;

use integration_tests::{login, person::Answer, settings::Engine, world::World};
use serde_json::json;

use super::super::{ASSERTION, EMAIL, PASSWORD, Scene, keys::ClientKey, scene, text};
use crate::support::on_both;

on_both!(
    one_of_a_hundred_gets_the_tokens_of_a_code,
    one_of_a_hundred_refreshes,
    one_of_a_hundred_is_the_client_of_an_assertion,
    one_of_a_hundred_is_the_holder_of_a_proof,
    one_of_a_hundred_answers_to_a_consent_is_a_code,
    a_revocation_is_not_outrun_by_a_refresh,
);

const MANY: usize = 100;

/// Sends the same form a hundred times at once and sorts the answers: those that succeeded, and the errors of the others.
async fn at_once(
    scene: &Arc<Scene>,
    headers: Vec<(&'static str, String)>,
    form: Vec<(&'static str, String)>,
) -> anyhow::Result<(Vec<Answer>, Vec<String>)> {
    let (headers, form) = (Arc::new(headers), Arc::new(form));
    let runs: Vec<_> = (0..MANY)
        .map(|_| {
            let (scene, headers, form) = (Arc::clone(scene), Arc::clone(&headers), Arc::clone(&form));
            tokio::spawn(async move {
                let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                scene.post("/oauth2/token", &headers, &form).await
            })
        })
        .collect();
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    for run in runs {
        let answer = run.await??;
        if answer.status == 200 {
            good.push(answer);
        } else {
            refused.push(text(&answer.json()?, "error")?.to_owned());
        }
    }
    Ok((good, refused))
}

#[track_caller]
fn assert_all(refused: &[String], code: &str) {
    assert_eq!(refused.len(), MANY - 1);
    assert!(refused.iter().all(|error| error == code), "{refused:?}");
}

/// 4.5.3 with RFC 6749 4.1.2: "If an authorization code is used more than once, the authorization server MUST deny the request and
/// SHOULD revoke (when possible) all tokens previously issued based on that authorization code."
async fn one_of_a_hundred_gets_the_tokens_of_a_code(engine: Engine) -> anyhow::Result<()> {
    let scene = Arc::new(scene!(World::on(engine)));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code),
        ("redirect_uri", integration_tests::login::CALLBACK.to_owned()),
        ("code_verifier", authorization.verifier.clone()),
        ("client_id", scene.client_id.clone()),
    ];
    let (good, refused) = at_once(&scene, Vec::new(), form).await?;
    assert_eq!(good.len(), 1, "{refused:?}");
    assert_all(&refused, "invalid_grant");
    for name in ["access_token", "refresh_token"] {
        assert!(!scene.is_active(text(&good[0].json()?, name)?).await?, "the {name} of a code that leaked");
    }
    Ok(())
}

/// 4.14.2: "Refresh token rotation: [...] If a refresh token is compromised and subsequently used by both the attacker and the
/// legitimate client, one of them will present an invalidated refresh token, which will inform the authorization server of the
/// breach. The authorization server cannot determine which party submitted the invalid refresh token, but it will revoke the active
/// refresh token."
async fn one_of_a_hundred_refreshes(engine: Engine) -> anyhow::Result<()> {
    let scene = Arc::new(scene!(World::on(engine)));
    let tokens = scene.tokens().await?;
    let form = vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", text(&tokens, "refresh_token")?.to_owned()),
        ("client_id", scene.client_id.clone()),
    ];
    let (good, refused) = at_once(&scene, Vec::new(), form).await?;
    assert!(good.len() <= 1, "{} families", good.len());
    assert!(refused.iter().all(|error| error == "invalid_grant"), "{refused:?}");
    for answer in &good {
        let answer = answer.json()?;
        assert!(!scene.is_active(text(&answer, "access_token")?).await?, "the access token of the family");
        assert!(!scene.is_active(text(&answer, "refresh_token")?).await?, "the refresh token of the family");
    }
    Ok(())
}

/// 2.5 with RFC 7523 3: "The authorization server MAY ensure that JWTs are not replayed by maintaining the set of used jti values";
/// OpenID Connect Core 9 leaves no choice: "the OP MUST [...] used only once".
async fn one_of_a_hundred_is_the_client_of_an_assertion(engine: Engine) -> anyhow::Result<()> {
    let scene = Arc::new(scene!(World::on(engine)));
    let key = ClientKey::es256();
    let client = scene
        .register(json!({
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
            "token_endpoint_auth_signing_alg": "ES256",
        }))
        .await?;
    let form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_assertion_type", ASSERTION.to_owned()),
        ("client_assertion", key.assertion(&client, &scene.world.places.issuer(), &json!({}))),
    ];
    let (good, refused) = at_once(&scene, Vec::new(), form).await?;
    assert_eq!(good.len(), 1, "{refused:?}");
    assert_all(&refused, "jti_known");
    Ok(())
}

/// RFC 9449 11.1: "servers can store, in the context of the target URI, the jti value of each DPoP proof for the time window in which
/// the respective DPoP proof JWT would be accepted [...] HTTP requests to the same URI for which the jti value has been seen before
/// would be declined."
async fn one_of_a_hundred_is_the_holder_of_a_proof(engine: Engine) -> anyhow::Result<()> {
    let scene = Arc::new(scene!(World::on(engine)));
    let (id, secret) = scene.confidential().await?;
    let key = ClientKey::es256();
    let headers = vec![
        ("authorization", super::super::basic(&id, &secret)),
        ("dpop", key.proof("POST", &scene.at("/oauth2/token"), &json!({}))),
    ];
    let (good, refused) = at_once(&scene, headers, vec![("grant_type", "client_credentials".to_owned())]).await?;
    assert_eq!(good.len(), 1, "{refused:?}");
    assert_all(&refused, "invalid_dpop_proof");
    Ok(())
}

/// 4.5.3 and RFC 9126 4: what the consent page answered is good for one code.
async fn one_of_a_hundred_answers_to_a_consent_is_a_code(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = Arc::new(login::person()?.ending_at(&scene.at("/oauth2/auth?")));
    let page = person.open(scene.authorization()?.url.as_str()).await?;
    let next = person.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let consent = person.open(next.url.as_str()).await?;
    let agreed = Arc::new(login::consent_to_all(&person, &consent).await?.url);
    let runs: Vec<_> = (0..MANY)
        .map(|_| {
            let (person, agreed) = (Arc::clone(&person), Arc::clone(&agreed));
            tokio::spawn(async move { person.open(agreed.as_str()).await })
        })
        .collect();
    let mut codes = 0;
    for run in runs {
        codes += usize::from(run.await??.parameter("code").is_some());
    }
    assert_eq!(codes, 1);
    Ok(())
}

/// RFC 7009 2: once the server has answered, "the token is invalidated [...] immediately": a refresh at the same moment leaves nothing behind.
async fn a_revocation_is_not_outrun_by_a_refresh(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for _ in 0..15 {
        let tokens = scene.tokens().await?;
        let refresh = text(&tokens, "refresh_token")?;
        let revocation = [("token", refresh), ("client_id", scene.client_id.as_str())];
        let (refreshed, revoked) = tokio::join!(scene.refresh(refresh), scene.post("/oauth2/revoke", &[], &revocation));
        assert_eq!(revoked?.status, 200);
        let refreshed = refreshed?;
        if refreshed.status == 200 {
            for name in ["access_token", "refresh_token"] {
                assert!(!scene.is_active(text(&refreshed.json()?, name)?).await?, "{name}");
            }
        }
        assert!(!scene.is_active(text(&tokens, "access_token")?).await?);
    }
    Ok(())
}
