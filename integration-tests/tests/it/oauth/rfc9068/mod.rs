//! RFC 9068, JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens: `strategies.jwt.profile: rfc9068`.

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::{
    basic,
    keys::{now, verified},
    scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(a_token_says_what_it_must, a_token_of_a_client_is_its_own, a_token_is_for_what_was_asked);

fn profile() -> Value {
    json!({ "strategies": { "access_token": "jwt", "jwt": { "profile": "rfc9068" } } })
}

/// 2.1: "JWT access tokens MUST be signed [...] MUST NOT use none [...] typ at+jwt [or] application/at+jwt"; 2.2: "iss, exp, aud, sub, client_id,
/// iat, jti REQUIRED"; 2.2.1: "auth_time, acr, amr [...] their values are fixed"; 2.2.3: scope "as a space-separated" text.
async fn a_token_says_what_it_must(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let tokens = scene.tokens().await?;
    let jwks = scene.jwks().await?;
    let (header, claims) = verified(text(&tokens, "access_token")?, &jwks);
    assert!(header["typ"].as_str().is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt")), "{header}");
    assert_eq!(header["alg"], "RS256", "2.1: RS256 is to be supported");
    assert_eq!(
        (text(&claims, "iss")?, text(&claims, "sub")?),
        (scene.world.places.issuer().as_str(), scene.subject.as_str())
    );
    assert_eq!((text(&claims, "client_id")?, text(&claims, "scope")?), (scene.client_id.as_str(), super::SCOPE));
    assert!(claims["aud"].is_string() || claims["aud"].as_array().is_some_and(|list| !list.is_empty()), "3: {claims}");
    assert!(claims["exp"].as_i64() > Some(now()) && claims["iat"].is_i64() && claims["auth_time"].is_i64(), "{claims}");
    assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16), "{claims}");
    let id_token = verified(text(&tokens, "id_token")?, &jwks).1;
    for name in ["sub", "auth_time", "acr", "amr"] {
        assert_eq!(claims.get(name), id_token.get(name), "{name}");
    }
    assert!(scene.is_active(text(&tokens, "access_token")?).await?);
    scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
    Ok(())
}

/// 2.2: "In cases of access tokens obtained through grants where no resource owner is involved [...] the value of sub SHOULD correspond to an
/// identifier the authorization server uses to indicate the client application"; 5: and that is no person's.
async fn a_token_of_a_client_is_its_own(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let (id, secret) = scene.confidential().await?;
    let form = [("grant_type", "client_credentials")];
    let tokens = scene.post("/oauth2/token", &[("authorization", &basic(&id, &secret))], &form).await?.expect(200)?;
    let claims = verified(text(&tokens, "access_token")?, &scene.jwks().await?).1;
    assert_eq!((text(&claims, "sub")?, text(&claims, "client_id")?), (id.as_str(), id.as_str()));
    assert!(claims.get("scope").is_none() && claims.get("auth_time").is_none(), "{claims}");
    Ok(())
}

/// 3: "If the request includes a resource parameter [...], the resulting JWT access token aud claim SHOULD have the same value"; otherwise "the
/// authorization server MUST use a default resource indicator in the aud claim".
async fn a_token_is_for_what_was_asked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(profile()));
    let (id, secret) = scene.confidential_with(json!({ "audience": ["https://api.example"] })).await?;
    let header = basic(&id, &secret);
    for (resource, expected) in
        [(Some("https://api.example"), "https://api.example".to_owned()), (None, scene.world.places.issuer())]
    {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(resource.map(|resource| ("resource", resource)));
        let tokens = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?.expect(200)?;
        let claims = verified(text(&tokens, "access_token")?, &scene.jwks().await?).1;
        assert_eq!(claims["aud"], json!([expected]));
    }
    Ok(())
}
