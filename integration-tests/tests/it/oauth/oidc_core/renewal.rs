//! Refreshing (section 12), and keys that follow one another (10.1.1).

use chrono::Duration;
use integration_tests::{login, settings::Engine, world::World};
use serde_json::json;

use super::super::{clock, keys::verified, scene, sent, text};
use crate::support::on_sqlite;

on_sqlite!(a_refreshed_id_token_is_about_the_same_login, keys_follow_one_another_without_a_gap);

/// 12.2: "its iss Claim Value MUST be the same [...] its sub Claim Value MUST be the same [...] its iat Claim MUST represent the time that
/// the new ID Token is issued, its aud Claim Value MUST include the Client ID [...] its auth_time Claim MUST represent the time of the
/// original authentication [...] it SHOULD NOT have a nonce Claim [...] however, if it is present, its value MUST be the same".
async fn a_refreshed_id_token_is_about_the_same_login(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let jwks = scene.jwks().await?;
    let first = scene.tokens().await?;
    clock.advance(Duration::minutes(20));
    let second = scene.refresh(text(&first, "refresh_token")?).await?.expect(200)?;
    let (old, new) = (verified(text(&first, "id_token")?, &jwks).1, verified(text(&second, "id_token")?, &jwks).1);
    for name in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(old[name], new[name], "{name}");
    }
    assert!(new.get("nonce").is_none_or(|nonce| *nonce == old["nonce"]), "{new}");
    assert_eq!(new["iat"].as_i64().zip(old["iat"].as_i64()).map(|(new, old)| new - old >= 1200), Some(true));
    assert_ne!(old["jti"], new["jti"]);
    assert_ne!(old["at_hash"], new["at_hash"]);
    // 12.1: without openid there is none.
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&second, "refresh_token")?),
        ("client_id", scene.client_id.as_str()),
        ("scope", "profile"),
    ];
    let third = scene.post("/oauth2/token", &[], &form).await?.expect(200)?;
    assert!(third.get("id_token").is_none(), "{third}");
    Ok(())
}

/// 10.1.1: "The signer can begin using a new key at any time and signals the change to the verifier using the kid value [...] The JWK Set
/// document at the jwks_uri SHOULD retain recently decommissioned signing keys".
async fn keys_follow_one_another_without_a_gap(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let person = login::person()?;
    let authorization = scene.request_of(&client)?;
    let end = scene.sign_in_as(&person, &authorization).await?;
    let old = scene.exchange(&authorization, &end.parameter("code").expect("a code"), &[], &[]).await?.expect(200)?;
    for set in ["hydra.openid.id-token", "hydra.jwt.access-token"] {
        let body = json!({ "alg": "RS256", "use": "sig", "kid": format!("{set}-next") });
        scene.world.oauth_admin("POST", &format!("/admin/keys/{set}"), Some(&body)).await?.expect(201)?;
    }
    let new = scene.tokens_of(&client).await?;
    let jwks = scene.jwks().await?;
    for (name, kid) in [("id_token", "hydra.openid.id-token-next"), ("access_token", "hydra.jwt.access-token-next")] {
        let before = verified(text(&old, name)?, &jwks).0;
        let after = verified(text(&new, name)?, &jwks).0;
        assert_ne!(before["kid"], after["kid"]);
        assert_eq!(after["kid"], kid);
    }
    assert!(scene.is_active(text(&old, "access_token")?).await?, "a token of the key before");
    let logout = url::Url::parse_with_params(
        &scene.at("/oauth2/sessions/logout"),
        [("id_token_hint", text(&old, "id_token")?)],
    )?;
    let answer = scene.look(logout.as_str(), &[]).await?;
    assert!(sent(&answer, "logout_challenge").is_some(), "a hint of the key before: {:?}", answer.headers);
    let kids: Vec<&serde_json::Value> = jwks["keys"].as_array().expect("keys").iter().map(|key| &key["kid"]).collect();
    let distinct: std::collections::HashSet<String> = kids.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), kids.len(), "10.1: kid values are distinct: {kids:?}");
    Ok(())
}
