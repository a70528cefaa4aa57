//! RFC 9701, JSON Web Token (JWT) Response for OAuth Token Introspection.

use integration_tests::{
    person::{Answer, plain_client},
    settings::{Engine, loopback},
    world::World,
};
use serde_json::json;

use super::{
    Scene,
    keys::{ClientKey, now, verified},
    scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(an_answer_is_signed_for_who_asks, an_answer_is_encrypted_where_registered);

const JWT: &str = "application/token-introspection+jwt";

/// A resource server asks about a token, with its own credentials in the form and the operator's key in the header.
async fn ask(scene: &Scene, accept: &str, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
    let url = format!("{}/admin/oauth2/introspect", loopback(scene.world.places.oauth_admin));
    let request =
        plain_client()?.post(url).bearer_auth(&scene.world.places.oauth_key).header("accept", accept).form(form);
    Answer::read(request.send().await?).await
}

/// 5: "Content-Type: application/token-introspection+jwt [...] typ: token-introspection+jwt [...] iss, aud, iat, token_introspection"; "sub and
/// exp [...] SHOULD NOT" stand outside; 6: the registered algorithm; 8.1: the answer is no access token.
async fn an_answer_is_signed_for_who_asks(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let fields =
        json!({ "token_endpoint_auth_method": "client_secret_post", "introspection_signed_response_alg": "PS256" });
    let api = scene.world.client(fields).await?;
    let (id, secret) = (text(&api, "client_id")?, text(&api, "client_secret")?);
    let tokens = scene.tokens().await?;
    let access = text(&tokens, "access_token")?;
    let form = [("token", access), ("client_id", id), ("client_secret", secret)];
    let answer = ask(&scene, JWT, &form).await?;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some(JWT)), "{}", answer.body);
    let (header, claims) = verified(&answer.body, &scene.jwks().await?);
    assert_eq!((text(&header, "typ")?, text(&header, "alg")?), ("token-introspection+jwt", "PS256"));
    assert_eq!((text(&claims, "iss")?, text(&claims, "aud")?), (scene.world.places.issuer().as_str(), id));
    assert!(claims["iat"].as_i64().is_some_and(|iat| (iat - now()).abs() < 30), "{claims}");
    assert!(claims.get("sub").is_none() && claims.get("exp").is_none(), "{claims}");
    assert_eq!(claims["token_introspection"], scene.world.introspect(access).await?);
    assert_eq!(scene.world.userinfo(&answer.body).await?.status, 401);
    // 4: what is not active says no more than that, signed as well.
    let form = [("token", "nothing"), ("client_id", id), ("client_secret", secret)];
    let inactive = ask(&scene, JWT, &form).await?;
    assert_eq!(verified(&inactive.body, &scene.jwks().await?).1["token_introspection"], json!({ "active": false }));
    // 4: "the authorization server MUST [...] authenticate the caller", or it would not know for whom to sign.
    for form in [vec![("token", access)], vec![("token", access), ("client_id", id), ("client_secret", "wrong")]] {
        let refused = ask(&scene, JWT, &form).await?;
        assert!(matches!(refused.status, 400 | 401), "{}", refused.body);
        assert!(!refused.body.contains(&scene.subject));
    }
    // 4: who does not ask for a JWT gets JSON.
    let plain = ask(&scene, "application/json", &[("token", access)]).await?;
    assert!(
        plain.header("content-type").is_some_and(|value| value.starts_with("application/json")),
        "{:?}",
        plain.headers
    );
    Ok(())
}

/// 5 and 6: introspection_encrypted_response_alg and _enc.
async fn an_answer_is_encrypted_where_registered(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::of("ECDH-ES+A256KW", "e-1");
    let fields = json!({
        "token_endpoint_auth_method": "client_secret_post", "jwks": key.jwks(),
        "introspection_encrypted_response_alg": "ECDH-ES+A256KW", "introspection_encrypted_response_enc": "A256GCM",
    });
    let api = scene.world.client(fields).await?;
    let tokens = scene.tokens().await?;
    let form = [
        ("token", text(&tokens, "access_token")?),
        ("client_id", text(&api, "client_id")?),
        ("client_secret", text(&api, "client_secret")?),
    ];
    let (header, inner) = key.open(&ask(&scene, JWT, &form).await?.body);
    assert_eq!(text(&header, "enc")?, "A256GCM");
    let claims = verified(&inner, &scene.jwks().await?).1;
    assert_eq!(claims["token_introspection"]["sub"], scene.subject.as_str());
    Ok(())
}
