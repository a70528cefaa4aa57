//! What the endpoint refuses, and how clients prove who they are there.

use integration_tests::{login::CALLBACK, person::Answer, person::plain_client, settings::Engine, world::World};
use serde_json::json;

use super::super::{
    ASSERTION, Scene, as_claims, assert_error, basic,
    keys::{ClientKey, lay, now, random},
    lent, parameters, referring, scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(
    a_request_is_checked_when_it_is_pushed,
    clients_authenticate_as_at_the_token_endpoint,
    requests_are_pushed_by_post,
    a_request_object_may_be_pushed,
);

/// 2.1, 3: "The authorization server MUST reject the request if the request_uri authorization request parameter is provided"; "Validate
/// the pushed request as it would an authorization request sent to the authorization endpoint"; 2.3: the error format of RFC 6749 5.2.
async fn a_request_is_checked_when_it_is_pushed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let cases = [
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("request_uri", "https://app.example/object", "invalid_request"),
        ("redirect_uri", "https://evil.example/cb", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_mode", "smoke", "unsupported_response_mode"),
        ("scope", "openid admin", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("resource", "https://api.example", "invalid_target"),
        ("claims", "no JSON", "invalid_request"),
        ("state", "short", "invalid_state"),
    ];
    for (name, value, code) in cases {
        let form = parameters(&scene.authorization()?.with(name, value));
        let answer = scene.post("/oauth2/par", &[], &lent(&form)).await?;
        assert_eq!(answer.status, 400, "{name}={value}: {}", answer.body);
        assert_error(&answer, 400, code);
    }
    let form = parameters(&scene.authorization()?.without("code_challenge").without("code_challenge_method"));
    assert_error(&scene.post("/oauth2/par", &[], &lent(&form)).await?, 400, "invalid_request");
    // RFC 6749 3.1: no parameter twice.
    let mut form = parameters(&scene.authorization()?);
    form.push(("nonce".to_owned(), "another-nonce".to_owned()));
    assert_error(&scene.post("/oauth2/par", &[], &lent(&form)).await?, 400, "invalid_request");
    assert_error(&scene.post("/oauth2/par", &[], &[]).await?, 400, "invalid_request");
    assert_error(&scene.post("/oauth2/par", &[], &[("client_id", "nobody")]).await?, 401, "invalid_client");
    Ok(())
}

async fn push_as(
    scene: &Scene,
    client: &str,
    headers: &[(&str, &str)],
    more: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let form = parameters(&scene.request_of(client)?);
    let mut form = lent(&form);
    form.extend(more);
    scene.post("/oauth2/par", headers, &form).await
}

/// 2: "the rules for client authentication as defined in RFC6749 for token endpoint requests [...] apply for the PAR endpoint as well";
/// "the authorization server MUST accept its issuer identifier, token endpoint URL, or pushed authorization request endpoint URL as
/// values that identify it as an intended audience" of an assertion.
async fn clients_authenticate_as_at_the_token_endpoint(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let (good, bad) = (basic(&id, &secret), basic(&id, "wrong"));
    push_as(&scene, &id, &[("authorization", &good)], &[]).await?.expect(201)?;
    let refused = push_as(&scene, &id, &[("authorization", &bad)], &[]).await?;
    assert_error(&refused, 401, "invalid_client");
    assert!(
        refused.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")),
        "{:?}",
        refused.headers
    );
    assert_error(&push_as(&scene, &id, &[], &[]).await?, 401, "invalid_client");
    assert_error(&push_as(&scene, &id, &[], &[("client_secret", &secret)]).await?, 401, "invalid_client");
    // Who authenticates as one client pushes for no other.
    assert_error(&push_as(&scene, &scene.client_id, &[("authorization", &good)], &[]).await?, 400, "invalid_request");

    let key = ClientKey::es256();
    let client = scene
        .register(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
        "token_endpoint_auth_signing_alg": "ES256" }))
        .await?;
    for audience in [scene.world.places.issuer(), scene.at("/oauth2/token"), scene.at("/oauth2/par")] {
        let assertion = key.assertion(&client, &audience, &json!({}));
        let more = [("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
        push_as(&scene, &client, &[], &more).await?.expect(201)?;
        assert_error(&push_as(&scene, &client, &[], &more).await?, 400, "jti_known");
    }
    let assertion = key.assertion(&client, "https://elsewhere.example/", &json!({}));
    let more = [("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
    assert_error(&push_as(&scene, &client, &[], &more).await?, 401, "invalid_client");
    Ok(())
}

/// 2.1: "using the HTTP POST method [...] application/x-www-form-urlencoded"; 2.3: 405 for other methods, 413 for what is too large.
async fn requests_are_pushed_by_post(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let by_get = scene.get("/oauth2/par?client_id=x", &[]).await?;
    assert_eq!((by_get.status, by_get.header("allow")), (405, Some("POST")), "{}", by_get.body);
    let url = scene.at("/oauth2/par");
    let json = plain_client()?.post(&url).json(&json!({ "client_id": scene.client_id }));
    assert_error(&Answer::read(json.send().await?).await?, 400, "invalid_request");
    let large = "x".repeat(2 << 20);
    let answer = push_as(&scene, &scene.client_id, &[], &[("login_hint", &large)]).await?;
    assert_eq!(answer.status, 413, "{}", answer.body);
    Ok(())
}

/// 3: "all the authorization request parameters MUST appear as claims of the JWT [...] the authorization server MUST reject requests
/// [...] client_id parameter of the JWT does not match the client"; parameters beside it do not count.
async fn a_request_object_may_be_pushed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::es256();
    let client = scene.register(json!({ "jwks": key.jwks(), "require_signed_request_object": true })).await?;
    let authorization = scene.request_of(&client)?;
    let claims = lay(
        as_claims(&authorization),
        &json!({ "iss": client, "aud": scene.world.places.issuer(), "exp": now() + 60, "nbf": now(), "jti": random() }),
    );
    let push = async |claims: &serde_json::Value, beside: &[(&str, &str)]| {
        let object = key.sign(&json!({}), claims);
        let mut form = vec![("client_id", client.as_str()), ("request", object.as_str())];
        form.extend(beside);
        scene.post("/oauth2/par", &[], &form).await
    };
    let pushed = push(&claims, &[("scope", "admin"), ("redirect_uri", "https://evil.example")]).await?.expect(201)?;
    let end = scene.sign_in(&referring(&authorization, text(&pushed, "request_uri")?)).await?;
    assert!(end.url.as_str().starts_with(CALLBACK) && end.parameter("code").is_some(), "{}", end.url);
    for changes in [
        json!({ "client_id": scene.client_id }),
        json!({ "iss": scene.client_id }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "exp": now() - 60 }),
        json!({ "nbf": now() + 600 }),
        json!({ "sub": client }),
        json!({ "request_uri": "urn:ietf:params:oauth:request_uri:x" }),
        json!({ "exp": null }),
    ] {
        let answer = push(&lay(claims.clone(), &changes), &[]).await?;
        assert_eq!(answer.status, 400, "{changes}: {}", answer.body);
        assert_error(&answer, 400, "invalid_request_object");
    }
    // Parameters outside an object are none for who registered to sign.
    let form = parameters(&authorization);
    assert_error(&scene.post("/oauth2/par", &[], &lent(&form)).await?, 400, "invalid_request");
    Ok(())
}
