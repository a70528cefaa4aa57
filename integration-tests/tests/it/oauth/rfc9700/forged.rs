//! Forged JWTs at every door that takes one: client assertions, request objects, access tokens, hints, assertions of trusted
//! issuers (RFC 8725; RFC 9700 2.5, 4.10).

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::{
    super::{
        ASSERTION, assert_error, basic,
        keys::{ClientKey, assertion_claims, lay, now, part, random, verified},
        scene, sent, text,
    },
    forgery::Lair,
};
use crate::support::on_sqlite;

on_sqlite!(
    forged_client_assertions_authenticate_nobody,
    forged_request_objects_are_not_read,
    forged_access_tokens_are_worth_nothing,
    forged_hints_are_not_followed,
    forged_words_of_a_trusted_issuer_are_not_believed,
    tokens_of_one_kind_do_not_pass_for_another,
);

/// RFC 7523 3, point 9: "The authorization server MUST reject JWTs with an invalid signature or MAC"; 2.5 of RFC 9700 and RFC 8725 3.1:
/// the algorithm is the registered one, not the token's.
async fn forged_client_assertions_authenticate_nobody(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let lair = Lair::new("RS256")?;
    for (alg, fixed) in [("RS256", true), ("RS256", false), ("ES256", false)] {
        let key = ClientKey::of(alg, "k-1");
        let client = scene
            .register(json!({
                "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
                "token_endpoint_auth_signing_alg": if fixed { alg } else { "" },
            }))
            .await?;
        let claims = || assertion_claims(&client, &scene.world.places.issuer(), now());
        let ask = async |assertion: &str| {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", ASSERTION),
                ("client_assertion", assertion),
            ];
            scene.post("/oauth2/token", &[], &form).await
        };
        ask(&key.sign(&json!({}), &claims())).await?.expect(200)?;
        for (name, forged) in lair.all(&key.jwk(), &json!("JWT"), &claims()) {
            let answer = ask(&forged).await?;
            assert_eq!(answer.status, 401, "{name}: {}", answer.body);
            assert_error(&answer, 401, "invalid_client");
        }
        if fixed {
            // Its own key, by an algorithm it has not registered.
            let other = format!("PS{}", &alg[2..]);
            let resigned = key.sign_as(&other, &claims());
            assert_error(&ask(&resigned).await?, 401, "invalid_client");
        }
    }
    lair.assert_unvisited();
    Ok(())
}

/// RFC 9101 6.2: "The authorization server MUST validate the signature of the JWS-signed Request Object. [...] If a kid Header Parameter
/// is present, the key identified MUST be the key used [...]. If signature validation fails, the authorization server MUST return an
/// 'invalid_request_object' error."
async fn forged_request_objects_are_not_read(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (lair, key) = (Lair::new("ES256")?, ClientKey::es256());
    for registered in ["ES256", ""] {
        let client = scene.register(json!({ "jwks": key.jwks(), "request_object_signing_alg": registered })).await?;
        let authorization = scene.request_of(&client)?;
        let parameters = authorization.url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value)));
        let claims = json!({ "iss": client, "aud": scene.world.places.issuer(), "exp": now() + 60, "jti": random() });
        let claims = lay(claims, &Value::Object(parameters.collect()));
        let ask =
            async |object: &str| scene.look(authorization.clone().with("request", object).url.as_str(), &[]).await;
        let good = ask(&key.sign(&json!({}), &claims)).await?;
        assert_eq!(sent(&good, "error"), None, "{:?}", good.headers);
        for (name, forged) in lair.all(&key.jwk(), &json!("oauth-authz-req+jwt"), &claims) {
            let answer = ask(&forged).await?;
            assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_object"), "{name}");
        }
    }
    lair.assert_unvisited();
    Ok(())
}

/// RFC 7662 2.2: a token that is not the server's own is not active; OpenID Connect Core 5.3.3: nor does it open anything.
async fn forged_access_tokens_are_worth_nothing(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let lair = Lair::new("RS256")?;
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let tokens = scene.tokens_of(&client).await?;
    let (token, jwks) = (text(&tokens, "access_token")?, scene.jwks().await?);
    let (header, claims) = verified(token, &jwks);
    let victim = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    for (name, forged) in lair.all(victim, &header["typ"], &claims) {
        assert_eq!(scene.world.introspect(&forged).await?, json!({ "active": false }), "{name}");
        let answer = scene.world.userinfo(&forged).await?;
        assert_eq!(answer.status, 401, "{name}: {}", answer.body);
        let form = [("token", forged.as_str()), ("client_id", client.as_str())];
        assert_eq!(scene.post("/oauth2/revoke", &[], &form).await?.status, 200, "{name}");
    }
    assert!(scene.is_active(token).await?, "revoking a forgery revokes nothing");
    lair.assert_unvisited();
    Ok(())
}

/// OpenID Connect Core 3.1.2.1, id_token_hint, and RP-Initiated Logout 1.0, 2: "the OP MUST validate that it was the issuer of the
/// ID Token."
async fn forged_hints_are_not_followed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let lair = Lair::new("RS256")?;
    let home = "http://127.0.0.1:5555/bye";
    let client = scene.register(json!({ "post_logout_redirect_uris": [home] })).await?;
    let person = integration_tests::login::person()?;
    let authorization = scene.request_of(&client)?;
    let end = scene.sign_in_as(&person, &authorization).await?;
    let tokens =
        scene.exchange(&authorization, &end.parameter("code").expect("a code"), &[], &[]).await?.expect(200)?;
    let (hint, jwks) = (text(&tokens, "id_token")?, scene.jwks().await?);
    let (header, claims) = verified(hint, &jwks);
    let victim = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let logout = |hint: &str| {
        let query = [("id_token_hint", hint), ("post_logout_redirect_uri", home)];
        url::Url::parse_with_params(&scene.at("/oauth2/sessions/logout"), query)
    };
    let good = scene.look(logout(hint)?.as_str(), &[]).await?;
    assert!(sent(&good, "logout_challenge").is_some(), "{:?}", good.headers);
    for (name, forged) in lair.all(victim, &header["typ"], &claims) {
        let answer = scene.look(logout(&forged)?.as_str(), &[]).await?;
        assert!(sent(&answer, "error").is_some(), "{name}: {:?}", answer.headers);
        let silent = scene.request_of(&client)?.with("prompt", "none").with("id_token_hint", &forged);
        let page = person.open(silent.url.as_str()).await?;
        assert!(page.parameter("error").is_some() && page.parameter("code").is_none(), "{name}: {}", page.url);
    }
    lair.assert_unvisited();
    Ok(())
}

/// RFC 7523 3, point 9, for assertions that are grants.
async fn forged_words_of_a_trusted_issuer_are_not_believed(engine: Engine) -> anyhow::Result<()> {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let scene = scene!(World::on(engine));
    let (lair, key) = (Lair::new("ES256")?, ClientKey::es256());
    let (id, secret) = scene.confidential_with(json!({ "grant_types": [GRANT] })).await?;
    let trust = json!({
        "issuer": "https://partner.example", "subject": "ada", "scope": ["profile"], "jwk": key.jwk(),
        "expires_at": "2099-01-01T00:00:00Z",
    });
    scene.world.oauth_admin("POST", "/admin/trust/grants/jwt-bearer/issuers", Some(&trust)).await?.expect(201)?;
    let header = basic(&id, &secret);
    let claims = || {
        let claims = assertion_claims("ada", &scene.at("/oauth2/token"), now());
        lay(claims, &json!({ "iss": "https://partner.example" }))
    };
    let ask = async |assertion: &str| {
        let form = [("grant_type", GRANT), ("assertion", assertion), ("scope", "profile")];
        scene.post("/oauth2/token", &[("authorization", &header)], &form).await
    };
    ask(&key.sign(&json!({}), &claims())).await?.expect(200)?;
    for (name, forged) in lair.all(&key.jwk(), &json!("JWT"), &claims()) {
        let answer = ask(&forged).await?;
        assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        assert_error(&answer, 400, "invalid_grant");
    }
    lair.assert_unvisited();
    Ok(())
}

/// RFC 8725 3.12: "Use Mutually Exclusive Validation Rules for Different Kinds of JWTs": an ID token is no access token, an access token
/// no hint, and neither authenticates a client.
async fn tokens_of_one_kind_do_not_pass_for_another(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let tokens = scene.tokens_of(&client).await?;
    let (access, id_token, refresh) =
        (text(&tokens, "access_token")?, text(&tokens, "id_token")?, text(&tokens, "refresh_token")?);
    assert_eq!(scene.world.userinfo(access).await?.status, 200);
    for token in [id_token, refresh] {
        assert_eq!(scene.world.userinfo(token).await?.status, 401);
    }
    assert!(!scene.is_active(id_token).await?);
    assert_ne!(part(access, 0)["kid"], part(id_token, 0)["kid"], "they are not even signed by one key");
    let hinted = scene.request_of(&client)?.with("prompt", "none").with("id_token_hint", access);
    assert_eq!(sent(&scene.look(hinted.url.as_str(), &[]).await?, "code"), None);
    let form = [("grant_type", "refresh_token"), ("refresh_token", access), ("client_id", client.as_str())];
    assert_error(&scene.post("/oauth2/token", &[], &form).await?, 400, "invalid_grant");
    let form = [("grant_type", "authorization_code"), ("code", refresh), ("client_id", client.as_str())];
    assert_error(&scene.post("/oauth2/token", &[], &form).await?, 400, "invalid_grant");
    Ok(())
}
