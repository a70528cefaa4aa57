//! The implicit and the hybrid flow (sections 3.2 and 3.3).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use integration_tests::{login::Authorization, settings::Engine, world::World};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::{SCOPE, Scene, assert_told, keys::verified, location, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(each_response_type_answers_with_what_it_names);
on_sqlite!(
    an_id_token_by_the_browser_needs_a_nonce,
    nothing_with_tokens_goes_into_the_query,
    the_tokens_of_a_hybrid_code_are_about_the_same_person,
    offline_access_is_for_codes,
);

const TYPES: [&str; 5] = ["id_token", "id_token token", "code id_token", "code token", "code id_token token"];

async fn client(scene: &Scene) -> anyhow::Result<String> {
    let fields = json!({ "grant_types": ["authorization_code", "implicit", "refresh_token"], "response_types": TYPES });
    scene.register(fields).await
}

/// `at_hash` and `c_hash`: the left half of the hash.
fn half(text: &str) -> Value {
    json!(URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16]))
}

/// 3.2.2.5 and 3.3.2.5: "When using the Implicit Flow, all response parameters are added to the fragment component"; 3.2.2.9, 3.2.2.10 and
/// 3.3.2.11: at_hash and c_hash; 3.2.2.11: the nonce.
async fn each_response_type_answers_with_what_it_names(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    let jwks = scene.jwks().await?;
    for kind in TYPES {
        let authorization = scene.request_of(&client)?.with("response_type", kind);
        let end = scene.sign_in(&authorization).await?;
        assert!(end.url.query().is_none() && end.url.fragment().is_some(), "{kind}: {}", end.url);
        let has = |name: &str| kind.split(' ').any(|part| part == name);
        let (code, access, id_token) =
            (end.parameter("code"), end.parameter("access_token"), end.parameter("id_token"));
        assert_eq!(
            (code.is_some(), access.is_some(), id_token.is_some()),
            (has("code"), has("token"), has("id_token")),
            "{kind}"
        );
        assert_eq!(end.parameter("state").as_deref(), Some(authorization.state.as_str()), "{kind}");
        assert_eq!(end.parameter("token_type").as_deref(), has("token").then_some("bearer"), "{kind}");
        assert_eq!(end.parameter("expires_in").is_some(), has("token"), "{kind}");
        assert_eq!(end.parameter("refresh_token"), None, "{kind}");
        if let Some(id_token) = id_token {
            let (header, claims) = verified(&id_token, &jwks);
            assert_eq!(header["alg"], "RS256", "3.2.2.11: none is not used");
            assert_eq!(
                (text(&claims, "nonce")?, text(&claims, "sub")?),
                (authorization.nonce.as_str(), scene.subject.as_str())
            );
            assert_eq!(claims["aud"], json!([client]));
            assert_eq!(claims.get("at_hash"), access.as_deref().map(half).as_ref(), "{kind}");
            assert_eq!(claims.get("c_hash"), code.as_deref().map(half).as_ref(), "{kind}");
        }
        if let Some(access) = access {
            assert_eq!(scene.world.userinfo(&access).await?.expect(200)?["sub"], scene.subject.as_str(), "{kind}");
        }
    }
    Ok(())
}

/// 3.2.2.1: "nonce: REQUIRED"; 3.3.2.11: if an ID Token is returned from the authorization endpoint. 3.2.2.6: the error is returned in the
/// fragment, with the state.
async fn an_id_token_by_the_browser_needs_a_nonce(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    for kind in TYPES.into_iter().filter(|kind| kind.contains("id_token")) {
        let request = scene.request_of(&client)?.with("response_type", kind).without("nonce");
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert_told(&answer, "invalid_request");
        let to = location(&answer);
        assert!(to.query().is_none() && to.fragment().is_some_and(|text| text.contains("state=")), "{kind}: {to}");
    }
    Ok(())
}

/// Multiple Response Types 2.1 and 5: "the Authorization Response [...] MUST NOT be returned in the query"; 3: openid, or no ID token.
async fn nothing_with_tokens_goes_into_the_query(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    for kind in TYPES {
        let request = scene.request_of(&client)?.with("response_type", kind).with("response_mode", "query");
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert_told(&answer, "unsupported_response_mode");
        assert!(location(&answer).query().is_none(), "{kind}: {:?}", answer.headers);
        // The order of the words does not count.
        let reversed: Vec<&str> = kind.split(' ').rev().collect();
        let request = scene.request_of(&client)?.with("response_type", &reversed.join(" ")).with("prompt", "none");
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "login_required");
    }
    for kind in ["id_token", "code id_token"] {
        let request = Authorization::new(&scene.world, &client, "profile")?.with("response_type", kind);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "unsupported_response_type");
    }
    for kind in ["none", "code none", "code code", "secret"] {
        let request = scene.request_of(&client)?.with("response_type", kind);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "unsupported_response_type");
    }
    Ok(())
}

/// 3.3.3.6: "If an ID Token is returned from both the Authorization Endpoint and from the Token Endpoint, [...] the iss and sub Claim
/// Values MUST be identical in both ID Tokens [...]. If either ID Token contains Claims about the End-User, both SHOULD contain the same
/// values."
async fn the_tokens_of_a_hybrid_code_are_about_the_same_person(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    let jwks = scene.jwks().await?;
    let authorization = scene.request_of(&client)?.with("response_type", "code id_token token");
    let end = scene.sign_in(&authorization).await?;
    let front = verified(&end.parameter("id_token").expect("an ID token"), &jwks).1;
    let code = end.parameter("code").expect("a code");
    let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
    let back = verified(text(&tokens, "id_token")?, &jwks).1;
    for name in ["iss", "sub", "aud", "nonce", "auth_time", "sid", "email", "role"] {
        assert_eq!(front[name], back[name], "{name}");
    }
    assert_eq!(back["at_hash"], half(text(&tokens, "access_token")?));
    let front_token = end.parameter("access_token").expect("an access token");
    assert_ne!(front_token, text(&tokens, "access_token")?);
    // A code that came beside a token is good once as well, and what it yielded is revoked with it.
    let again = scene.exchange(&authorization, &code, &[], &[]).await?;
    super::super::assert_error(&again, 400, "invalid_grant");
    assert!(!scene.is_active(text(&tokens, "access_token")?).await?);
    Ok(())
}

/// 11: the server "MUST ignore the offline_access request unless the Client is using a response_type value that would result in an
/// Authorization Code being returned".
async fn offline_access_is_for_codes(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    let authorization = Authorization::new(&scene.world, &client, SCOPE)?.with("response_type", "id_token token");
    let end = scene.sign_in(&authorization).await?;
    assert_eq!(end.parameter("error"), None, "{}", end.url);
    assert_eq!(end.parameter("refresh_token"), None, "{}", end.url);
    let found = scene.world.introspect(&end.parameter("access_token").expect("a token")).await?;
    assert_eq!(found["active"], true);
    Ok(())
}
