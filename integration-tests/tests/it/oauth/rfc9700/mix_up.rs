//! Mix-up: every answer says who gives it, and what one party got is of no use at another.

use integration_tests::{
    login::{self, Authorization},
    person::Page,
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::super::{SCOPE, Scene, assert_error, keys::part, scene, sent, text};
use crate::support::on_sqlite;

on_sqlite!(every_answer_names_its_issuer, what_one_client_got_is_of_no_use_to_another);

async fn end_of(scene: &Scene, client: &str, changes: &[(&str, &str)]) -> anyhow::Result<Page> {
    let start = Authorization::new(&scene.world, client, SCOPE)?;
    scene.sign_in(&changes.iter().fold(start, |request, (name, value)| request.with(name, value))).await
}

/// 4.4.2.1: "the authorization server [...] include the iss parameter in the authorization response", RFC 9207 2: "in success and
/// error responses", by whichever way they go.
async fn every_answer_names_its_issuer(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let issuer = scene.world.places.issuer();
    let client = scene
        .register(json!({
            "grant_types": ["authorization_code", "implicit"],
            "response_types": ["code", "id_token", "token", "code id_token", "id_token token", "code id_token token"],
        }))
        .await?;
    for kind in ["code", "id_token", "token", "code id_token", "id_token token", "code id_token token"] {
        let end = end_of(&scene, &client, &[("response_type", kind)]).await?;
        assert_eq!(end.parameter("error"), None, "{kind}: {}", end.url);
        assert_eq!(end.parameter("iss").as_deref(), Some(issuer.as_str()), "{kind}: {}", end.url);
        let refused =
            Authorization::new(&scene.world, &client, SCOPE)?.with("response_type", kind).with("prompt", "none");
        let answer = scene.look(refused.url.as_str(), &[]).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("login_required"), "{kind}");
        assert_eq!(sent(&answer, "iss").as_deref(), Some(issuer.as_str()), "{kind}");
    }
    // JARM 2.1: a signed answer names it inside, and for whom it is.
    let end = end_of(&scene, &client, &[("response_mode", "jwt")]).await?;
    let claims = part(&end.parameter("response").expect("a response"), 1);
    assert_eq!((text(&claims, "iss")?, text(&claims, "aud")?), (issuer.as_str(), client.as_str()));
    // In a form that posts itself.
    let refused =
        Authorization::new(&scene.world, &client, SCOPE)?.with("response_mode", "form_post").with("prompt", "none");
    let page = login::person()?.open(refused.url.as_str()).await?;
    let form = integration_tests::form::Form::with_field(&page.html, "error")?;
    assert!(form.fields.contains(&("iss".to_owned(), issuer)), "{form:?}");
    Ok(())
}

/// 4.4 and RFC 6749 4.1.3, 10.4, 10.5: a code and a refresh token are bound to their client, and an attempt of another one harms
/// nobody but himself.
async fn what_one_client_got_is_of_no_use_to_another(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let attacker = scene.register(json!({ "client_name": "Attacker" })).await?;
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let stolen = Authorization { client_id: attacker.clone(), ..authorization.clone() };
    for _ in 0..2 {
        assert_error(&scene.exchange(&stolen, &code, &[], &[]).await?, 400, "invalid_grant");
    }
    let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
    let refresh = text(&tokens, "refresh_token")?;
    for _ in 0..2 {
        let answer = login::refresh(&scene.world, &attacker, refresh).await?;
        assert_error(&answer, 400, "invalid_grant");
    }
    assert!(scene.is_active(text(&tokens, "access_token")?).await?, "another's attempt revoked nothing");
    // A code that has been used, brought by the attacker, revokes nothing either.
    assert_error(&scene.exchange(&stolen, &code, &[], &[]).await?, 400, "invalid_grant");
    scene.refresh(refresh).await?.expect(200)?;
    Ok(())
}
