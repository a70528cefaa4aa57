//! Clients are told of a logout from server to server.

use integration_tests::{login, settings::Engine, world::World};
use serde_json::json;

use super::{
    super::{assert_shown, keys::verified, scene, sent, site::Site, text},
    is_known, log_out, visit,
};
use crate::support::{on_both, on_sqlite};

on_both!(each_client_of_the_session_is_told);
on_sqlite!(a_logout_of_one_session_ends_no_other);

/// 2.4: "iss REQUIRED, sub OPTIONAL, aud REQUIRED, iat REQUIRED, exp REQUIRED, jti REQUIRED, events REQUIRED [...] sid OPTIONAL. A Logout
/// Token MUST contain either a sub or a sid Claim, and MAY contain both. [...] A nonce Claim MUST NOT be present. [...] explicitly typed,
/// logout+jwt"; 2.5: "an HTTP POST [...] application/x-www-form-urlencoded, logout_token"; 2.1: the metadata.
async fn each_client_of_the_session_is_told(engine: Engine) -> anyhow::Result<()> {
    let site = Site::start()?;
    for path in ["/one", "/two", "/three"] {
        site.put(path, "");
    }
    let scene = scene!(World::on(engine));
    let metadata = scene.metadata().await?;
    assert_eq!(
        (&metadata["backchannel_logout_supported"], &metadata["backchannel_logout_session_supported"]),
        (&json!(true), &json!(true))
    );
    let one = scene
        .register(json!({ "backchannel_logout_uri": site.url("/one"), "id_token_signed_response_alg": "ES256" }))
        .await?;
    let two = scene
        .register(json!({ "backchannel_logout_uri": site.url("/two"), "backchannel_logout_session_required": true }))
        .await?;
    scene.register(json!({ "backchannel_logout_uri": site.url("/three") })).await?;
    let person = login::person()?;
    let (first, _) = visit(&scene, &person, &one).await?;
    let (second, hint) = visit(&scene, &person, &two).await?;
    assert_eq!(first["sid"], second["sid"], "one login session");
    let question = log_out(&scene, &person, &[("id_token_hint", &hint)]).await?;
    person.press(&question, ("action", "accept"), &[]).await?;
    let jwks = scene.jwks().await?;
    for (path, client, alg, id_token) in [("/one", &one, "ES256", &first), ("/two", &two, "RS256", &second)] {
        let body = site.told(path).await;
        let token = body.strip_prefix("logout_token=").unwrap_or_else(|| panic!("{body}"));
        let (header, claims) = verified(token, &jwks);
        assert_eq!((text(&header, "alg")?, text(&header, "typ")?), (alg, "logout+jwt"));
        assert_eq!((text(&claims, "iss")?, &claims["aud"]), (scene.world.places.issuer().as_str(), &json!([client])));
        assert_eq!((&claims["sub"], &claims["sid"]), (&id_token["sub"], &id_token["sid"]));
        assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        assert!(life.is_some_and(|seconds| (1..=300).contains(&seconds)), "2.4: at most two minutes or so: {claims}");
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16) && claims.get("nonce").is_none(), "{claims}");
    }
    assert!(site.bodies("/three").is_empty(), "a client the person has not been at");
    // 2.4, RFC 8725 3.11: its type keeps a logout token from passing for an ID token.
    let told = site.told("/two").await;
    let token = told.strip_prefix("logout_token=").unwrap_or_default();
    let hinted = scene.request_of(&two)?.with("prompt", "none").with("id_token_hint", token);
    assert_eq!(sent(&scene.look(hinted.url.as_str(), &[]).await?, "error").as_deref(), Some("invalid_request"));
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("id_token_hint", token).finish();
    let answer = scene.get(&format!("/oauth2/sessions/logout?{query}"), &[]).await?;
    assert_shown(&scene, &answer, "invalid_request");
    assert!(!is_known(&scene, &person).await?);
    Ok(())
}

/// 2.3: "the set of RPs [...] of this session": another browser's stays, and its clients hear nothing of this one.
async fn a_logout_of_one_session_ends_no_other(engine: Engine) -> anyhow::Result<()> {
    let site = Site::start()?;
    site.put("/here", "");
    site.put("/there", "");
    let scene = scene!(World::on(engine));
    let here = scene.register(json!({ "backchannel_logout_uri": site.url("/here") })).await?;
    let there = scene.register(json!({ "backchannel_logout_uri": site.url("/there") })).await?;
    let (leaving, staying) = (login::person()?, login::person()?);
    let (_, hint) = visit(&scene, &leaving, &here).await?;
    let (other, _) = visit(&scene, &staying, &there).await?;
    let question = log_out(&scene, &leaving, &[("id_token_hint", &hint)]).await?;
    leaving.press(&question, ("action", "accept"), &[]).await?;
    site.told("/here").await;
    assert!(site.bodies("/there").is_empty());
    assert!(is_known(&scene, &staying).await? && !is_known(&scene, &leaving).await?);
    // An operator ends the other one by its id, and its client is told as well.
    let path = format!("/admin/oauth2/auth/sessions/login?sid={}", text(&other, "sid")?);
    scene.world.oauth_admin("DELETE", &path, None).await?.expect(204)?;
    assert!(site.told("/there").await.starts_with("logout_token="));
    assert!(!is_known(&scene, &staying).await?);
    Ok(())
}
