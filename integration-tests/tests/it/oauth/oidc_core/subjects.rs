//! Who the person is said to be: public and pairwise subjects (section 8).

use integration_tests::{
    login::{Authorization, CALLBACK},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use super::super::{PASSWORD, SCOPE, assert_error, keys::part, scene, text};
use crate::support::on_sqlite;

on_sqlite!(pairwise_subjects_differ_by_sector, public_subjects_are_one_for_all, a_subject_cannot_be_asked_for);

fn pairwise() -> Value {
    let types = json!({ "supported_types": ["public", "pairwise"], "pairwise": { "salt": "a-salt-of-the-tests" } });
    json!({ "oidc": { "subject_identifiers": types } })
}

/// 8.1: "The Subject Identifier value MUST NOT be reversible by any party other than the OpenID Provider. Distinct Sector Identifier
/// values MUST result in distinct Subject Identifier values. The algorithm MUST be deterministic."
async fn pairwise_subjects_differ_by_sector(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(pairwise()));
    let metadata = scene.metadata().await?;
    assert_eq!(metadata["subject_types_supported"], json!(["public", "pairwise"]));
    let here = json!({ "subject_type": "pairwise" });
    let there = json!({ "subject_type": "pairwise", "redirect_uris": ["http://127.0.0.2:5555/callback"] });
    let (one, two) = (scene.register(here.clone()).await?, scene.register(here).await?);
    let other = scene.register(there).await?;
    let first = scene.tokens_of(&one).await?;
    let subject = |tokens: &Value| Ok::<_, anyhow::Error>(part(text(tokens, "id_token")?, 1)["sub"].clone());
    let sub = subject(&first)?;
    assert_eq!(sub, subject(&scene.tokens_of(&one).await?)?, "deterministic");
    assert_eq!(sub, subject(&scene.tokens_of(&two).await?)?, "one sector");
    assert_ne!(sub, scene.subject.as_str());
    assert!(sub.as_str().is_some_and(|text| text.len() <= 255 && text.is_ascii()), "{sub}");

    let elsewhere =
        Authorization::new(&scene.world, &other, SCOPE)?.with("redirect_uri", "http://127.0.0.2:5555/callback");
    let person = integration_tests::person::Person::new()?.ending_at("http://127.0.0.2:5555/callback");
    let end = scene.sign_in_as(&person, &elsewhere).await?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &end.parameter("code").expect("a code")),
        ("redirect_uri", "http://127.0.0.2:5555/callback"),
        ("code_verifier", &elsewhere.verifier),
        ("client_id", &other),
    ];
    assert_ne!(sub, subject(&scene.post("/oauth2/token", &[], &form).await?.expect(200)?)?, "another sector");

    // 5.3.2: the sub of userinfo is that of the ID token; the resource servers of the operator see the real one.
    let access = text(&first, "access_token")?;
    assert_eq!(scene.world.userinfo(access).await?.expect(200)?["sub"], sub);
    let found = scene.world.introspect(access).await?;
    assert_eq!((&found["sub"], &found["obfuscated_subject"]), (&json!(scene.subject), &sub));
    // Another person of the same sector is another subject.
    scene.world.identity("grace@example.org", PASSWORD, json!({ "name": "Grace Hopper" })).await?;
    let grace = integration_tests::login::tokens(&scene.world, &one, "grace@example.org", PASSWORD).await?;
    assert_ne!(sub, subject(&grace)?);
    // Registration 5: a client with several hosts and no sector_identifier_uri is of no sector.
    let hosts = json!({ "subject_type": "pairwise", "redirect_uris": [CALLBACK, "https://b.example/cb"] });
    let request = scene.request_of(&scene.register(hosts).await?)?;
    let end = scene.sign_in(&request).await?;
    assert_eq!(
        (end.parameter("code"), end.parameter("error").as_deref()),
        (None, Some("invalid_request")),
        "{}",
        end.url
    );
    Ok(())
}

/// 8: "public: This provides the same sub value to all Clients"; 2: "never reassigned", at most 255 ASCII characters.
async fn public_subjects_are_one_for_all(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let other = scene.register(json!({})).await?;
    for tokens in [scene.tokens().await?, scene.tokens_of(&other).await?] {
        let claims = part(text(&tokens, "id_token")?, 1);
        assert_eq!(claims["sub"], scene.subject.as_str());
        assert!(scene.subject.len() <= 255 && scene.subject.is_ascii());
        let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
        assert_eq!(userinfo["sub"], claims["sub"]);
    }
    // A kind of subject that is not offered is not registered.
    let body = json!({ "subject_type": "pairwise", "redirect_uris": ["https://app.example/cb"] });
    let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
    assert_error(&answer, 400, "invalid_client_metadata");
    Ok(())
}

/// 3.1.2.2: "If the sub (subject) Claim is requested with a specific value for the ID Token, the Authorization Server MUST only send a
/// positive response if the End-User identified by that sub value has an active session with the Authorization Server or has been
/// Authenticated as a result of the request."
async fn a_subject_cannot_be_asked_for(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = integration_tests::login::person()?;
    scene.sign_in_as(&person, &scene.authorization()?).await?;
    let wanted = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    let stranger = scene.authorization()?.with("claims", &wanted("somebody-else")).with("prompt", "none");
    let page = person.open(stranger.url.as_str()).await?;
    assert_eq!(page.parameter("code"), None, "{}", page.url);
    assert_eq!(page.parameter("error").as_deref(), Some("login_required"), "{}", page.url);
    // With a page to be shown, logging in as another person than the one asked for is not answered either.
    let asked = scene.authorization()?.with("claims", &wanted("somebody-else"));
    let fresh = integration_tests::login::person()?;
    let end = scene.sign_in_as(&fresh, &asked).await;
    assert!(end.as_ref().map_or(true, |page| page.parameter("code").is_none()), "{end:?}");
    let own = scene.authorization()?.with("claims", &wanted(&scene.subject));
    let end = scene.sign_in(&own).await?;
    assert!(end.parameter("code").is_some(), "{}", end.url);
    Ok(())
}
