//! RFC 6749, The OAuth 2.0 Authorization Framework.

mod protocol;

use chrono::Duration;
use integration_tests::{
    login::{self, CALLBACK},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::{PASSWORD, assert_error, assert_redirected_error, clock, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(codes_are_spent_once, codes_expire, refresh_tokens_rotate_and_reuse_ends_the_family);
on_sqlite!(
    parameters_come_once,
    an_unproven_redirect_uri_gets_no_redirect,
    state_comes_back_unchanged,
    the_redirect_uri_is_the_same_at_the_token_endpoint,
    a_code_belongs_to_its_client,
    a_refresh_token_belongs_to_its_client,
    answers_with_tokens_are_not_stored,
    failed_basic_authentication_is_challenged,
    one_way_to_authenticate_at_a_time,
    tokens_are_asked_for_by_post,
    client_credentials_are_for_confidential_clients,
    errors_of_the_request_come_back_to_the_client,
);

/// 4.1.2: "The client MUST NOT use the authorization code more than once. If an authorization code is used more than once,
/// the authorization server MUST deny the request and SHOULD revoke (when possible) all tokens previously issued."
async fn codes_are_spent_once(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let tokens = authorization.exchange(&scene.world, &code).await?.expect(200)?;
    assert_eq!(scene.world.introspect(text(&tokens, "access_token")?).await?["active"], true);

    assert_error(&authorization.exchange(&scene.world, &code).await?, 400, "invalid_grant");
    for name in ["access_token", "refresh_token"] {
        assert_eq!(scene.world.introspect(text(&tokens, name)?).await?, json!({ "active": false }), "{name}");
    }
    scene.world.stop().await;
    Ok(())
}

/// 4.1.2: "The authorization code MUST expire shortly after it is issued [...]. A maximum authorization code lifetime of 10
/// minutes is RECOMMENDED."
async fn codes_expire(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    clock.advance(Duration::seconds(601));
    assert_error(&authorization.exchange(&scene.world, &code).await?, 400, "invalid_grant");
    scene.world.stop().await;
    Ok(())
}

/// 10.4: "the authorization server could employ refresh token rotation [...]. If a refresh token is compromised [...] one of
/// them will present an invalidated refresh token, which will inform the authorization server of the breach."
async fn refresh_tokens_rotate_and_reuse_ends_the_family(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let first = scene.tokens().await?;
    let second = scene.refresh(text(&first, "refresh_token")?).await?.expect(200)?;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(scene.world.introspect(text(&first, "access_token")?).await?["active"], false);
    assert_eq!(scene.world.introspect(text(&second, "access_token")?).await?["active"], true);

    assert_error(&scene.refresh(text(&first, "refresh_token")?).await?, 400, "invalid_grant");
    assert_error(&scene.refresh(text(&second, "refresh_token")?).await?, 400, "invalid_grant");
    assert_eq!(scene.world.introspect(text(&second, "access_token")?).await?["active"], false);
    scene.world.stop().await;
    Ok(())
}

/// 3.2: "Request and response parameters MUST NOT be included more than once."
async fn parameters_come_once(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "ory_ac_x"),
        ("code", "ory_ac_y"),
        ("redirect_uri", CALLBACK),
        ("client_id", scene.client_id.as_str()),
    ];
    assert_error(&scene.world.post_form("/oauth2/token", None, &form).await?, 400, "invalid_request");
    Ok(())
}

/// 3.1.2.4: "If an authorization request fails validation due to a missing, invalid, or mismatching redirection URI, the
/// authorization server [...] MUST NOT automatically redirect the user-agent to the invalid redirection URI."
async fn an_unproven_redirect_uri_gets_no_redirect(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = login::person()?.ending_at("http://evil.example");
    for redirect_uri in [
        "http://evil.example/callback",
        "http://127.0.0.1:5555/callback/..",
        "http://127.0.0.1:5555/callback?x=1",
        "http://127.0.0.1:5555",
    ] {
        let page = person.open(scene.authorization()?.with("redirect_uri", redirect_uri).url.as_str()).await?;
        assert!(page.url.as_str().starts_with(&scene.world.places.identity()), "{redirect_uri} led to {}", page.url);
    }
    let unknown = person.open(scene.authorization()?.with("client_id", "nobody").url.as_str()).await?;
    assert!(unknown.url.as_str().starts_with(&scene.world.places.identity()), "{}", unknown.url);
    Ok(())
}

/// 4.1.2: "state REQUIRED if the 'state' parameter was present in the client authorization request. The exact value
/// received from the client."
async fn state_comes_back_unchanged(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let state = "a+b/c=&d e\u{fc}%20\"'<>";
    let end = scene.sign_in(&scene.authorization()?.with("state", state)).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(state));
    let refused =
        login::person()?.open(scene.authorization()?.with("state", state).with("prompt", "none").url.as_str()).await?;
    assert_redirected_error(&refused, "login_required");
    assert_eq!(refused.parameter("state").as_deref(), Some(state));
    Ok(())
}

/// 4.1.3: "ensure that the 'redirect_uri' parameter is present if the 'redirect_uri' parameter was included in the initial
/// authorization request [...] and if included ensure that their values are identical."
async fn the_redirect_uri_is_the_same_at_the_token_endpoint(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for redirect_uri in [None, Some("http://127.0.0.1:5555/other")] {
        let authorization = scene.authorization()?;
        let code = scene.code(&authorization).await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", authorization.verifier.as_str()),
            ("client_id", scene.client_id.as_str()),
        ];
        form.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        assert_error(&scene.world.post_form("/oauth2/token", None, &form).await?, 400, "invalid_grant");
    }
    Ok(())
}

/// 4.1.3: "ensure that the authorization code was issued to the authenticated confidential client, or if the client is
/// public, ensure that the code was issued to 'client_id' in the request."
async fn a_code_belongs_to_its_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let other = scene.world.client(json!({})).await?;
    let mut authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    authorization.client_id = text(&other, "client_id")?.to_owned();
    assert_error(&authorization.exchange(&scene.world, &code).await?, 400, "invalid_grant");
    Ok(())
}

/// 10.4: "The authorization server MUST maintain the binding between a refresh token and the client to whom it was issued."
async fn a_refresh_token_belongs_to_its_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let other = scene.world.client(json!({})).await?;
    let tokens = scene.tokens().await?;
    let token = text(&tokens, "refresh_token")?;
    let stolen = login::refresh(&scene.world, text(&other, "client_id")?, token).await?;
    assert_error(&stolen, 400, "invalid_grant");
    scene.refresh(token).await?.expect(200)?;
    Ok(())
}

/// 5.1: "The authorization server MUST include the HTTP 'Cache-Control' response header field with a value of 'no-store' in
/// any response containing tokens [...] as well as the 'Pragma' response header field with a value of 'no-cache'."
async fn answers_with_tokens_are_not_stored(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let answer = authorization.exchange(&scene.world, &code).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let body = answer.json()?;
    assert_eq!((body["token_type"].as_str(), body["scope"].as_str()), (Some("bearer"), Some(super::SCOPE)));
    assert!(body["expires_in"].as_u64().is_some_and(|seconds| (898..=900).contains(&seconds)), "{body}");
    Ok(())
}

/// 5.2: "If the client attempted to authenticate via the 'Authorization' request header field, the authorization server MUST
/// respond with an HTTP 401 (Unauthorized) status code and include the 'WWW-Authenticate' response header field."
async fn failed_basic_authentication_is_challenged(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, _) = scene.confidential().await?;
    let form = [("grant_type", "client_credentials")];
    for (id, secret) in [(id.as_str(), "not the secret"), ("nobody", "at-all")] {
        let answer = scene.world.post_form("/oauth2/token", Some((id, secret)), &form).await?;
        assert_error(&answer, 401, "invalid_client");
        assert!(
            answer.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")),
            "{:?}",
            answer.headers
        );
    }
    Ok(())
}

/// 2.3: "The client MUST NOT use more than one authentication method in each request."
async fn one_way_to_authenticate_at_a_time(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let form = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
    let answer = scene.world.post_form("/oauth2/token", Some((&id, &secret)), &form).await?;
    assert!((400..=401).contains(&answer.status), "{}", answer.body);
    // And the way is the registered one.
    assert_error(&scene.world.post_form("/oauth2/token", None, &form).await?, 401, "invalid_client");
    Ok(())
}

/// 3.2: "The client MUST use the HTTP 'POST' method when making access token requests."
async fn tokens_are_asked_for_by_post(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let url = scene.world.oauth_url("/oauth2/token?grant_type=client_credentials");
    let answer = login::person()?.call("GET", &url, None).await?;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    Ok(())
}

/// 4.4: "The client credentials grant type MUST only be used by confidential clients."
async fn client_credentials_are_for_confidential_clients(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let public = scene.world.client(json!({ "grant_types": ["client_credentials"] })).await?;
    let form = [("grant_type", "client_credentials"), ("client_id", text(&public, "client_id")?)];
    assert_error(&scene.world.post_form("/oauth2/token", None, &form).await?, 400, "invalid_grant");

    let (id, secret) = scene.confidential().await?;
    let form = [("grant_type", "client_credentials"), ("scope", "profile")];
    let answer = scene.world.post_form("/oauth2/token", Some((&id, &secret)), &form).await?.expect(200)?;
    // 4.4.3: "A refresh token SHOULD NOT be included."
    assert!(answer.get("refresh_token").is_none() && answer.get("id_token").is_none(), "{answer}");
    let form = [("grant_type", "client_credentials"), ("scope", "admin")];
    assert_error(&scene.world.post_form("/oauth2/token", Some((&id, &secret)), &form).await?, 400, "invalid_scope");
    Ok(())
}

/// 4.1.2.1: the error codes the client is told by redirect.
async fn errors_of_the_request_come_back_to_the_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = login::person()?;
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "openid everything", "invalid_scope"),
        ("audience", "https://elsewhere.example", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
    ];
    for (name, value, code) in cases {
        let page = person.open(scene.authorization()?.with(name, value).url.as_str()).await?;
        assert_redirected_error(&page, code);
    }
    // 4.1.2.1: "access_denied: The resource owner or authorization server denied the request."
    let login = person.open(scene.authorization()?.url.as_str()).await?;
    let consent =
        person.press(&login, ("method", "password"), &[("identifier", super::EMAIL), ("password", PASSWORD)]).await?;
    let page = person.press(&consent, ("action", "reject"), &[]).await?;
    assert_redirected_error(&page, "access_denied");
    Ok(())
}
