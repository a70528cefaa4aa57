//! RFC 7591 and RFC 7592, OAuth 2.0 Dynamic Client Registration and its Management Protocol; OpenID Connect Registration 1.0.

mod managing;

use integration_tests::{
    person::{Answer, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use super::{Scene, assert_error, keys::ClientKey, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(a_client_registers_itself_and_works);
on_sqlite!(
    defaults_are_told,
    metadata_that_cannot_be_is_refused,
    a_kind_of_application_has_its_redirect_uris,
    what_is_said_once_counts_for_every_request,
    what_is_an_operators_is_not_a_clients,
    an_initial_access_token_may_be_demanded,
    nobody_registers_where_it_is_not_enabled,
);

fn open() -> Value {
    json!({ "oidc": { "dynamic_client_registration": { "enabled": true } } })
}

/// One request to the endpoint, or below it, with a bearer token where there is one.
async fn call(method: &str, url: &str, token: Option<&str>, body: Option<&Value>) -> anyhow::Result<Answer> {
    let mut request = plain_client()?.request(method.parse()?, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    Answer::read(request.send().await?).await
}

async fn register(scene: &Scene, body: &Value) -> anyhow::Result<Answer> {
    call("POST", &scene.at("/oauth2/register"), None, Some(body)).await
}

/// 3.2.1: "201 Created [...] client_id REQUIRED [...] client_secret [...] client_secret_expires_at REQUIRED if client_secret is issued [...]
/// Additionally, the authorization server MUST return all registered metadata about this client"; 5: no-store.
async fn a_client_registers_itself_and_works(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    assert_eq!(text(&scene.metadata().await?, "registration_endpoint")?, scene.at("/oauth2/register"));
    let wanted = json!({
        "client_name": "Newcomer", "redirect_uris": [integration_tests::login::CALLBACK], "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_post",
        "scope": super::SCOPE, "contacts": ["ops@example.org"], "id_token_signed_response_alg": "ES256",
        "software_id": "4NRB1-0XZABZI9E6-5SM3R", "unknown_member": true,
    });
    let answer = register(&scene, &wanted).await?;
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    let client = answer.expect(201)?;
    for name in [
        "client_name",
        "redirect_uris",
        "response_types",
        "grant_types",
        "token_endpoint_auth_method",
        "scope",
        "contacts",
    ] {
        assert_eq!(client[name], wanted[name], "{name}");
    }
    assert_eq!((&client["client_secret_expires_at"], client.get("unknown_member")), (&json!(0), None));
    let (id, secret) = (text(&client, "client_id")?, text(&client, "client_secret")?);
    assert!(secret.len() >= 20, "not to be guessed");
    let authorization = scene.request_of(id)?;
    let code = scene.code(&authorization).await?;
    let tokens = scene.exchange(&authorization, &code, &[], &[("client_secret", secret)]).await?.expect(200)?;
    assert_eq!(super::keys::part(text(&tokens, "id_token")?, 0)["alg"], "ES256");
    let again = register(&scene, &wanted).await?.expect(201)?;
    assert_ne!(text(&again, "client_id")?, id);
    Ok(())
}

/// 2: "If omitted, the default is client_secret_basic [...] the default is that the client will use only the authorization_code Grant Type
/// [...] only the code response type".
async fn defaults_are_told(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let client =
        register(&scene, &json!({ "redirect_uris": [integration_tests::login::CALLBACK] })).await?.expect(201)?;
    assert_eq!(client["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic"), "client_secret_basic");
    let id = text(&client, "client_id")?;
    let header = super::basic(id, text(&client, "client_secret")?);
    let authorization = scene.request_of(id)?.with("scope", "openid");
    let code = scene.code(&authorization).await?;
    scene.exchange(&authorization, &code, &[("authorization", &header)], &[]).await?.expect(200)?;
    let implicit = scene.request_of(id)?.with("response_type", "token").with("scope", "openid");
    super::assert_told(&scene.look(implicit.url.as_str(), &[]).await?, "unsupported_response_type");
    // A public client has no secret.
    let public = json!({ "redirect_uris": [integration_tests::login::CALLBACK], "token_endpoint_auth_method": "none" });
    assert!(register(&scene, &public).await?.expect(201)?.get("client_secret").is_none());
    Ok(())
}

/// 3.2.2: "invalid_redirect_uri: The value of one or more redirection URIs is invalid. invalid_client_metadata: The value of one of the
/// client metadata fields is invalid and the server has rejected this request."
async fn metadata_that_cannot_be_is_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let with = |members: Value| super::keys::lay(json!({ "redirect_uris": ["https://app.example/cb"] }), &members);
    let private = ClientKey::es256().private_jwk();
    let public = ClientKey::es256().jwks();
    let cases = [
        (with(json!({ "redirect_uris": ["https://app.example/cb#x"] })), "invalid_redirect_uri"),
        (with(json!({ "redirect_uris": ["javascript:alert(1)"] })), "invalid_redirect_uri"),
        (with(json!({ "redirect_uris": ["relative"] })), "invalid_redirect_uri"),
        (with(json!({ "token_endpoint_auth_method": "magic" })), "invalid_client_metadata"),
        (with(json!({ "token_endpoint_auth_method": "private_key_jwt" })), "invalid_client_metadata"),
        (with(json!({ "jwks": public, "jwks_uri": "https://app.example/jwks" })), "invalid_client_metadata"),
        (with(json!({ "jwks": { "keys": [private] } })), "invalid_client_metadata"),
        (with(json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AAAA" }] } })), "invalid_client_metadata"),
        (with(json!({ "jwks": {} , "jwks_uri": "ftp://app.example/jwks" })), "invalid_client_metadata"),
        (with(json!({ "id_token_signed_response_alg": "none" })), "invalid_client_metadata"),
        (with(json!({ "subject_type": "pairwise" })), "invalid_client_metadata"),
        (with(json!({ "sector_identifier_uri": "http://app.example/sector" })), "invalid_client_metadata"),
        (with(json!({ "logo_uri": "javascript:alert(1)" })), "invalid_client_metadata"),
        (with(json!({ "policy_uri": "data:text/html,x" })), "invalid_client_metadata"),
        (with(json!({ "initiate_login_uri": "http://app.example/login" })), "invalid_client_metadata"),
        (with(json!({ "request_uris": ["file:///etc/passwd"] })), "invalid_client_metadata"),
        (with(json!({ "post_logout_redirect_uris": ["https://evil.example/"] })), "invalid_client_metadata"),
        (with(json!({ "backchannel_logout_uri": "gopher://x" })), "invalid_client_metadata"),
        (with(json!({ "frontchannel_logout_uri": "javascript:x" })), "invalid_client_metadata"),
        (with(json!({ "request_object_signing_alg": "HS256" })), "invalid_client_metadata"),
        (with(json!({ "default_max_age": -1 })), "invalid_client_metadata"),
    ];
    for (body, code) in cases {
        let answer = register(&scene, &body).await?;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_error(&answer, 400, code);
    }
    // 3.1: the request is JSON.
    let request =
        plain_client()?.post(scene.at("/oauth2/register")).header("content-type", "application/json").body("{");
    assert_eq!(Answer::read(request.send().await?).await?.status, 400);
    assert_eq!(register(&scene, &json!([])).await?.status, 400);
    Ok(())
}

/// 5 and RFC 7592 6: what decides about people and tokens is not for strangers to set.
async fn what_is_an_operators_is_not_a_clients(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    for members in [
        json!({ "metadata": { "vip": true } }),
        json!({ "skip_consent": true }),
        json!({ "skip_logout_consent": true }),
        json!({ "access_token_strategy": "jwt" }),
        json!({ "client_secret": "a-secret-of-its-choice" }),
        json!({ "grant_types": ["client_credentials"] }),
        json!({ "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"] }),
        json!({ "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"] }),
        json!({ "authorization_code_grant_access_token_lifespan": "9000h" }),
    ] {
        let body = super::keys::lay(json!({ "redirect_uris": ["https://app.example/cb"] }), &members);
        let answer = register(&scene, &body).await?;
        assert_eq!(answer.status, 400, "{members}: {}", answer.body);
    }
    // It does not choose its name either.
    let body = json!({ "client_id": scene.client_id, "redirect_uris": ["https://app.example/cb"] });
    let client = register(&scene, &body).await?.expect(201)?;
    assert_ne!(text(&client, "client_id")?, scene.client_id);
    Ok(())
}

/// 3: "the authorization server MAY require an initial access token": without it, or with another, 401 with a challenge (RFC 6750 3).
async fn an_initial_access_token_may_be_demanded(engine: Engine) -> anyhow::Result<()> {
    let mut config = open();
    config["oidc"]["dynamic_client_registration"]["initial_access_tokens"] = json!(["a-token-for-newcomers-1"]);
    let scene = scene!(World::on(engine).oauth(config));
    let (url, body) = (scene.at("/oauth2/register"), json!({ "redirect_uris": ["https://app.example/cb"] }));
    for token in [None, Some("another"), Some("")] {
        let refused = call("POST", &url, token, Some(&body)).await?;
        assert_eq!(refused.status, 401, "{}", refused.body);
        assert!(
            refused.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")),
            "{:?}",
            refused.headers
        );
    }
    call("POST", &url, Some("a-token-for-newcomers-1"), Some(&body)).await?.expect(201)?;
    Ok(())
}

/// Metadata tells no endpoint that is not there, and what is there is closed unless it was opened.
async fn nobody_registers_where_it_is_not_enabled(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    assert!(scene.metadata().await?.get("registration_endpoint").is_none());
    let answer = register(&scene, &json!({ "redirect_uris": ["https://app.example/cb"] })).await?;
    assert_error(&answer, 404, "not_found");
    Ok(())
}

/// OpenID Connect Registration 2, application_type: "Web Clients using the OAuth Implicit Grant Type MUST only register URLs using the https
/// scheme as redirect_uris; they MUST NOT use localhost as the hostname. Native Clients MUST only register redirect_uris using custom URI
/// schemes or loopback URLs using the http scheme [...] Authorization Servers [...] MUST verify".
async fn a_kind_of_application_has_its_redirect_uris(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(open()));
    let cases = [
        ("web", true, "https://app.example/cb", true),
        ("web", true, "http://app.example/cb", false),
        ("web", true, "https://localhost/cb", false),
        ("web", true, "com.example.app:/cb", false),
        ("web", false, "https://localhost/cb", true),
        ("native", false, "com.example.app:/cb", true),
        ("native", false, "http://127.0.0.1/cb", true),
        ("native", false, "http://localhost:80/cb", true),
        ("native", false, "https://app.example/cb", true),
        ("native", false, "http://app.example/cb", false),
    ];
    for (kind, implicit, uri, good) in cases {
        let grants = if implicit { json!(["authorization_code", "implicit"]) } else { json!(["authorization_code"]) };
        let body = json!({ "application_type": kind, "redirect_uris": [uri], "grant_types": grants });
        let answer = register(&scene, &body).await?;
        if good {
            assert_eq!(answer.expect(201)?["application_type"], kind, "{uri}");
        } else {
            assert_error(&answer, 400, "invalid_redirect_uri");
        }
    }
    Ok(())
}

/// Registration 2: "default_max_age: [...] the End-User MUST be actively authenticated if the End-User was authenticated longer ago than the
/// specified number of seconds. The max_age request parameter overrides this default value."
async fn what_is_said_once_counts_for_every_request(engine: Engine) -> anyhow::Result<()> {
    let clock = super::clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let client = scene.register(json!({ "default_max_age": 300 })).await?;
    let person = integration_tests::login::person()?;
    scene.sign_in_as(&person, &scene.request_of(&client)?).await?;
    clock.advance(chrono::Duration::seconds(310));
    let silent = scene.request_of(&client)?.with("prompt", "none");
    let page = person.open(silent.url.as_str()).await?;
    super::assert_redirected_error(&page, "login_required");
    let lenient = person.open(scene.request_of(&client)?.with("max_age", "3600").url.as_str()).await?;
    assert!(!lenient.html.contains("name=\"password\""), "the request's own counts: {}", lenient.url);
    let stale = person.open(scene.request_of(&client)?.url.as_str()).await?;
    assert!(stale.html.contains("name=\"password\""), "no password asked for at {}", stale.url);
    Ok(())
}
