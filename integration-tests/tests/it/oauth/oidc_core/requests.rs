//! The claims parameter (section 5.5), scopes (5.4) and request objects as OpenID Connect has them (6).

use integration_tests::{login::Authorization, settings::Engine, world::World};
use serde_json::json;

use super::super::{
    as_claims,
    keys::{ClientKey, lay, part},
    scene, sent, text,
};
use crate::support::on_sqlite;

on_sqlite!(an_essential_acr_is_kept_to, scopes_decide_what_is_told, parameters_beside_an_object_add_to_it);

/// 5.5.1.1: "If the acr Claim is requested as an Essential Claim for the ID Token with a values parameter requesting specific
/// Authentication Context Class Reference values [...] the Authorization Server MUST return an acr Claim Value that matches one of the
/// requested values [...]. If the [...] requirement cannot be met, then the Authorization Server MUST treat that outcome as a failed
/// authentication attempt."
async fn an_essential_acr_is_kept_to(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let acr = |essential: bool| {
        json!({ "id_token": { "acr": { "essential": essential, "values": ["urn:example:retina"] } } }).to_string()
    };
    let demanding = scene.authorization()?.with("claims", &acr(true));
    let end = scene.sign_in(&demanding).await;
    assert!(end.as_ref().map_or(true, |page| page.parameter("code").is_none()), "{end:?}");
    // A voluntary one is a wish.
    let wishing = scene.authorization()?.with("claims", &acr(false));
    let code = scene.code(&wishing).await?;
    let tokens = scene.exchange(&wishing, &code, &[], &[]).await?.expect(200)?;
    assert_ne!(part(text(&tokens, "id_token")?, 1)["acr"], "urn:example:retina");
    Ok(())
}

/// 5.4: "profile [...] requests access to the End-User's default profile Claims [...] email": what was not asked for is not told.
async fn scopes_decide_what_is_told(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for (scope, email, name) in
        [("openid", false, false), ("openid email", true, false), ("openid profile", false, true)]
    {
        let authorization = Authorization::new(&scene.world, &scene.client_id, scope)?;
        let code = scene.code(&authorization).await?;
        let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
        let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
        for claims in [part(text(&tokens, "id_token")?, 1), userinfo] {
            assert_eq!(
                (claims.get("email").is_some(), claims.get("name").is_some()),
                (email, name),
                "{scope}: {claims}"
            );
        }
    }
    Ok(())
}

/// 6.1: "So that the request is a valid OAuth 2.0 Authorization Request, values for the response_type and client_id parameters MUST be
/// included using the OAuth 2.0 request syntax [...] The values for these parameters MUST match those in the Request Object"; parameters
/// of the object supersede those beside it.
async fn parameters_beside_an_object_add_to_it(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::es256();
    let client = scene.register(json!({ "jwks": key.jwks() })).await?;
    let authorization = scene.request_of(&client)?;
    let object =
        lay(as_claims(&authorization), &json!({ "iss": client, "aud": scene.world.places.issuer(), "state": null }));
    let object = key.sign(&json!({}), &lay(object, &json!({ "nonce": "the-nonce-of-the-object" })));
    let end = scene.sign_in(&authorization.clone().with("request", &object).with("nonce", "a-nonce-beside-it")).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(authorization.state.as_str()), "added: {}", end.url);
    let tokens =
        scene.exchange(&authorization, &end.parameter("code").expect("a code"), &[], &[]).await?.expect(200)?;
    assert_eq!(part(text(&tokens, "id_token")?, 1)["nonce"], "the-nonce-of-the-object");
    let differing = authorization.with("request", &object).with("response_type", "id_token");
    assert_eq!(sent(&scene.look(differing.url.as_str(), &[]).await?, "error").as_deref(), Some("invalid_request"));
    Ok(())
}
