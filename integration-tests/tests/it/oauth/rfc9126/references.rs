//! A pushed request, and what its reference is good for.

use integration_tests::{login, person::Answer, settings::Engine, world::World};
use serde_json::json;

use super::super::{Scene, assert_shown, assert_told, clock, lent, parameters, referring, scene, sent, text};
use crate::support::{on_both, on_sqlite};

on_both!(a_pushed_request_is_answered_by_its_reference, a_reference_is_answered_once);
on_sqlite!(
    what_stands_beside_the_reference_does_not_count,
    a_reference_belongs_to_its_client,
    a_reference_expires,
    who_registered_for_it_pushes,
);

async fn push(scene: &Scene, authorization: &login::Authorization) -> anyhow::Result<Answer> {
    scene.post("/oauth2/par", &[], &lent(&parameters(authorization))).await
}

/// 2.2: "the server MUST generate a request URI and provide it in the response with a 201 HTTP status code"; the URI "MUST contain some
/// part generated using a cryptographically strong pseudorandom algorithm"; expires_in "is a positive integer"; no-store.
async fn a_pushed_request_is_answered_by_its_reference(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?;
    let answer = push(&scene, &authorization).await?;
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    let pushed = answer.expect(201)?;
    let uri = text(&pushed, "request_uri")?;
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && uri.len() >= 34 + 22, "{uri}");
    assert!(pushed["expires_in"].as_u64().is_some_and(|seconds| (5..=600).contains(&seconds)), "{pushed}");
    let again = push(&scene, &authorization).await?.expect(201)?;
    assert_ne!(uri, text(&again, "request_uri")?);
    let end = scene.sign_in(&referring(&authorization, uri)).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(authorization.state.as_str()), "{}", end.url);
    let code = end.parameter("code").expect("a code");
    let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
    assert_eq!(login::claims(text(&tokens, "id_token")?)?["nonce"], authorization.nonce.as_str());
    Ok(())
}

/// 4: "the authorization server SHOULD treat request_uri values as one-time use but MAY allow for duplicate requests due to a user
/// reloading": here it may be loaded again until it has been answered.
async fn a_reference_is_answered_once(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?;
    let pushed = push(&scene, &authorization).await?.expect(201)?;
    let reference = referring(&authorization, text(&pushed, "request_uri")?);
    for _ in 0..2 {
        let answer = scene.look(reference.url.as_str(), &[]).await?;
        assert!(sent(&answer, "login_challenge").is_some(), "{:?}", answer.headers);
    }
    let person = login::person()?;
    assert!(scene.sign_in_as(&person, &reference).await?.parameter("code").is_some());
    assert_shown(&scene, &scene.look(reference.url.as_str(), &[]).await?, "invalid_request_uri");
    let page = person.open(reference.url.as_str()).await?;
    assert_eq!(page.parameter("code"), None, "{}", page.url);
    Ok(())
}

/// 4 with RFC 9101 6.3: "The authorization server MUST only use the parameters in the Request Object, even if the same parameter is
/// provided in the query parameter."
async fn what_stands_beside_the_reference_does_not_count(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?;
    let pushed = push(&scene, &authorization).await?.expect(201)?;
    let mixed = referring(&authorization, text(&pushed, "request_uri")?)
        .with("state", "a-state-of-somebody")
        .with("redirect_uri", "https://evil.example/cb")
        .with("scope", "admin")
        .with("response_type", "token")
        .with("response_mode", "form_post")
        .with("prompt", "none");
    let end = scene.sign_in(&mixed).await?;
    assert_eq!(end.parameter("state").as_deref(), Some(authorization.state.as_str()), "{}", end.url);
    let tokens =
        scene.exchange(&authorization, &end.parameter("code").expect("a code"), &[], &[]).await?.expect(200)?;
    assert_eq!(text(&tokens, "scope")?, super::super::SCOPE);
    Ok(())
}

/// 2.2: "the request URI MUST be bound to the client that posted the authorization request"; 4: "client_id [...] REQUIRED".
async fn a_reference_belongs_to_its_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let other = scene.register(json!({})).await?;
    let authorization = scene.authorization()?;
    let pushed = push(&scene, &authorization).await?.expect(201)?;
    let reference = referring(&authorization, text(&pushed, "request_uri")?);
    let foreign = scene.look(reference.clone().with("client_id", &other).url.as_str(), &[]).await?;
    assert_shown(&scene, &foreign, "invalid_request_uri");
    let nameless = scene.look(reference.clone().without("client_id").url.as_str(), &[]).await?;
    assert_shown(&scene, &nameless, "invalid_client");
    for guess in ["urn:ietf:params:oauth:request_uri:guess", "urn:ietf:params:oauth:request_uri:", "urn:other:x"] {
        let answer = scene.look(referring(&authorization, guess).url.as_str(), &[]).await?;
        assert_shown(&scene, &answer, "invalid_request_uri");
    }
    // Both ways to refer to a request at once (RFC 9101 5).
    let both = scene.look(reference.with("request", "a.b.c").url.as_str(), &[]).await?;
    assert_shown(&scene, &both, "invalid_request");
    Ok(())
}

/// 4: "the authorization server MUST [...] an expired request_uri MUST be rejected as invalid"; 2.2: the lifetime is what was said.
async fn a_reference_expires(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let authorization = scene.authorization()?;
    let pushed = push(&scene, &authorization).await?.expect(201)?;
    let reference = referring(&authorization, text(&pushed, "request_uri")?);
    clock.advance(chrono::Duration::seconds(pushed["expires_in"].as_i64().expect("seconds") + 1));
    assert_shown(&scene, &scene.look(reference.url.as_str(), &[]).await?, "invalid_request_uri");
    Ok(())
}

/// 6: "require_pushed_authorization_requests: [...] whether the only means of initiating an authorization request the client is allowed
/// to use is PAR"; 5: the metadata of the server.
async fn who_registered_for_it_pushes(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let metadata = scene.metadata().await?;
    assert_eq!(text(&metadata, "pushed_authorization_request_endpoint")?, scene.at("/oauth2/par"));
    assert_eq!(metadata["require_pushed_authorization_requests"], false);
    let client = scene.register(json!({ "require_pushed_authorization_requests": true })).await?;
    let authorization = scene.request_of(&client)?;
    assert_told(&scene.look(authorization.url.as_str(), &[]).await?, "invalid_request");
    let pushed = push(&scene, &authorization).await?.expect(201)?;
    let end = scene.sign_in(&referring(&authorization, text(&pushed, "request_uri")?)).await?;
    assert!(end.parameter("code").is_some(), "{}", end.url);
    Ok(())
}
