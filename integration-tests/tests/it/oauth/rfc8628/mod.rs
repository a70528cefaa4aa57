//! RFC 8628, OAuth 2.0 Device Authorization Grant.

use std::sync::Arc;

use chrono::Duration;
use integration_tests::{
    login,
    person::{Answer, Page, Person},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use super::{EMAIL, PASSWORD, Scene, assert_error, basic, clock, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(a_device_gets_tokens_once_a_person_agreed, one_of_a_hundred_polls_gets_the_tokens);
on_sqlite!(
    who_asks_too_often_is_slowed_down,
    a_request_ends,
    a_person_may_refuse,
    a_code_belongs_to_its_device,
    a_device_asks_for_what_it_may_have,
    user_codes_are_not_guessed,
);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn device(scene: &Scene) -> anyhow::Result<String> {
    scene.register(json!({ "grant_types": [GRANT, "refresh_token"], "redirect_uris": [], "response_types": [] })).await
}

async fn begin(scene: &Scene, client: &str) -> anyhow::Result<Value> {
    let form = [("client_id", client), ("scope", super::SCOPE)];
    scene.post("/oauth2/device/auth", &[], &form).await?.expect(200)
}

async fn poll(scene: &Scene, client: &str, begun: &Value) -> anyhow::Result<Answer> {
    let form = [("grant_type", GRANT), ("device_code", text(begun, "device_code")?), ("client_id", client)];
    scene.post("/oauth2/token", &[], &form).await
}

/// A person opens the address and types a code: what the page of the codes is told.
async fn typed(scene: &Scene, person: &Person, begun: &Value, code: &str) -> anyhow::Result<Answer> {
    let page = person.open(text(begun, "verification_uri")?).await?;
    let challenge = page.parameter("device_challenge").expect("a challenge");
    answer(scene, &challenge, code).await
}

async fn answer(scene: &Scene, challenge: &str, code: &str) -> anyhow::Result<Answer> {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("device_challenge", challenge).finish();
    let path = format!("/admin/oauth2/auth/requests/device/accept?{query}");
    scene.world.oauth_admin("PUT", &path, Some(&json!({ "user_code": code }))).await
}

/// The person who typed the right code logs in, and is asked for consent.
async fn to_consent(scene: &Scene, person: &Person, begun: &Value) -> anyhow::Result<Page> {
    let accepted = typed(scene, person, begun, text(begun, "user_code")?).await?.expect(200)?;
    let page = person.open(text(&accepted, "redirect_to")?).await?;
    person.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await
}

/// 3.2: "device_code REQUIRED [...] user_code REQUIRED [...] verification_uri REQUIRED [...] expires_in REQUIRED [...] interval"; 3.4, 3.5: the
/// device asks until the person has decided.
async fn a_device_gets_tokens_once_a_person_agreed(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    assert_eq!(text(&scene.metadata().await?, "device_authorization_endpoint")?, scene.at("/oauth2/device/auth"));
    let client = device(&scene).await?;
    let form = [("client_id", client.as_str()), ("scope", super::SCOPE)];
    let answer = scene.post("/oauth2/device/auth", &[], &form).await?;
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    let begun = answer.expect(200)?;
    assert!(begun["expires_in"].as_i64().is_some_and(|seconds| seconds > 0) && begun["interval"] == 5, "{begun}");
    let complete = text(&begun, "verification_uri_complete")?;
    assert!(complete.contains(text(&begun, "user_code")?), "{complete}");
    assert_error(&poll(&scene, &client, &begun).await?, 400, "authorization_pending");

    let person = login::person()?;
    let consent = to_consent(&scene, &person, &begun).await?;
    clock.advance(Duration::seconds(5));
    assert_error(&poll(&scene, &client, &begun).await?, 400, "authorization_pending");
    let done = login::consent_to_all(&person, &consent).await?;
    assert_eq!(done.status, 200, "{}", done.url);
    let tokens = poll(&scene, &client, &begun).await?;
    assert!(tokens.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", tokens.headers);
    let tokens = tokens.expect(200)?;
    assert_eq!(login::claims(text(&tokens, "id_token")?)?["sub"], scene.subject.as_str());
    assert!(scene.is_active(text(&tokens, "access_token")?).await? && tokens["refresh_token"].is_string());
    // 3.4 with RFC 6749 4.1.2: a code is good once.
    assert_error(&poll(&scene, &client, &begun).await?, 400, "invalid_grant");
    Ok(())
}

/// 5.2 with RFC 6749 4.1.2: of many polls at once one gets the tokens.
async fn one_of_a_hundred_polls_gets_the_tokens(engine: Engine) -> anyhow::Result<()> {
    let scene = Arc::new(scene!(World::on(engine)));
    let client = device(&scene).await?;
    let begun = begin(&scene, &client).await?;
    let person = login::person()?;
    let consent = to_consent(&scene, &person, &begun).await?;
    login::consent_to_all(&person, &consent).await?;
    let (client, begun) = (Arc::new(client), Arc::new(begun));
    let polls: Vec<_> = (0..100)
        .map(|_| {
            let (scene, client, begun) = (Arc::clone(&scene), Arc::clone(&client), Arc::clone(&begun));
            tokio::spawn(async move { poll(&scene, &client, &begun).await })
        })
        .collect();
    let mut good = 0;
    for poll in polls {
        let answer = poll.await??;
        if answer.status == 200 {
            good += 1;
        } else {
            assert_error(&answer, 400, "invalid_grant");
        }
    }
    assert_eq!(good, 1);
    Ok(())
}

/// 3.5, slow_down: "the interval MUST be increased by 5 seconds for this and all subsequent requests".
async fn who_asks_too_often_is_slowed_down(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let client = device(&scene).await?;
    let begun = begin(&scene, &client).await?;
    let steps = [
        (0, "authorization_pending"),
        (1, "slow_down"),
        (9, "slow_down"),
        (15, "authorization_pending"),
        (15, "authorization_pending"),
        (14, "slow_down"),
        (20, "authorization_pending"),
    ];
    for (seconds, code) in steps {
        clock.advance(Duration::seconds(seconds));
        let answer = poll(&scene, &client, &begun).await?;
        assert_eq!(answer.json()?["error"], code, "after {seconds} seconds");
    }
    Ok(())
}

/// 3.5: "expired_token: The device_code has expired, and the device authorization session has concluded"; a code typed by then is refused.
async fn a_request_ends(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let client = device(&scene).await?;
    let begun = begin(&scene, &client).await?;
    clock.advance(Duration::seconds(begun["expires_in"].as_i64().expect("seconds") + 1));
    assert_error(&poll(&scene, &client, &begun).await?, 400, "expired_token");
    let late = typed(&scene, &login::person()?, &begun, text(&begun, "user_code")?).await?;
    assert_error(&late, 400, "invalid_request");
    Ok(())
}

/// 3.5: "access_denied: The authorization request was denied."
async fn a_person_may_refuse(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = device(&scene).await?;
    let begun = begin(&scene, &client).await?;
    let person = login::person()?;
    let consent = to_consent(&scene, &person, &begun).await?;
    person.press(&consent, ("action", "reject"), &[]).await?;
    assert_error(&poll(&scene, &client, &begun).await?, 403, "access_denied");
    assert_error(&poll(&scene, &client, &begun).await?, 403, "access_denied");
    Ok(())
}

/// 3.1, 3.4 with RFC 6749 3.2.1: clients authenticate at both endpoints, and a code is of use to the client it was issued to alone.
async fn a_code_belongs_to_its_device(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, other) = (device(&scene).await?, device(&scene).await?);
    let begun = begin(&scene, &client).await?;
    assert_error(&poll(&scene, &other, &begun).await?, 400, "invalid_grant");
    for code in ["", "guess", "ory_dc_guess.guess"] {
        let form = [("grant_type", GRANT), ("device_code", code), ("client_id", client.as_str())];
        let answer = scene.post("/oauth2/token", &[], &form).await?;
        assert_error(&answer, 400, if code.is_empty() { "invalid_request" } else { "invalid_grant" });
    }
    let (id, secret) = scene.confidential_with(json!({ "grant_types": [GRANT] })).await?;
    let form = [("client_id", id.as_str()), ("scope", "openid")];
    assert_error(&scene.post("/oauth2/device/auth", &[], &form).await?, 401, "invalid_client");
    let (good, bad) = (basic(&id, &secret), basic(&id, "wrong"));
    assert_error(&scene.post("/oauth2/device/auth", &[("authorization", &bad)], &form).await?, 401, "invalid_client");
    let begun = scene.post("/oauth2/device/auth", &[("authorization", &good)], &form).await?.expect(200)?;
    assert_error(&poll(&scene, &id, &begun).await?, 401, "invalid_client");
    let form = [("grant_type", GRANT), ("device_code", text(&begun, "device_code")?)];
    let pending = scene.post("/oauth2/token", &[("authorization", &good)], &form).await?;
    assert_error(&pending, 400, "authorization_pending");
    Ok(())
}

/// 3.1, 3.2 with RFC 6749 5.2: what a device may not have is refused when it asks.
async fn a_device_asks_for_what_it_may_have(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = device(&scene).await?;
    let ask = async |form: &[(&str, &str)]| scene.post("/oauth2/device/auth", &[], form).await;
    assert_error(&ask(&[("client_id", &client), ("scope", "openid admin")]).await?, 400, "invalid_scope");
    let foreign = [("client_id", client.as_str()), ("audience", "https://api.example")];
    assert_error(&ask(&foreign).await?, 400, "invalid_request");
    assert_error(&ask(&[("client_id", &scene.client_id)]).await?, 400, "unauthorized_client");
    assert_error(&ask(&[("client_id", "nobody")]).await?, 401, "invalid_client");
    assert_error(&ask(&[("scope", "openid")]).await?, 400, "invalid_request");
    let twice = [("client_id", client.as_str()), ("scope", "openid"), ("scope", "profile")];
    assert_error(&ask(&twice).await?, 400, "invalid_request");
    assert_eq!(scene.get("/oauth2/device/auth", &[]).await?.status, 405);
    Ok(())
}

/// 5.1: "the server MUST [...] the user code [...] brute force [...] rate limiting": the right code after five wrong ones of one browser is
/// refused, codes are random, and each is accepted once.
async fn user_codes_are_not_guessed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = device(&scene).await?;
    let mut codes = std::collections::HashSet::new();
    for _ in 0..20 {
        let code = text(&begin(&scene, &client).await?, "user_code")?.to_owned();
        // 6.1: letters that are not mistaken, none that make words; with 20 of them, eight characters are 34 bits.
        assert!(code.len() >= 8 && code.chars().all(|c| !"AEIOUaeiou01IlO".contains(c)), "{code}");
        codes.insert(code);
    }
    assert_eq!(codes.len(), 20);
    let begun = begin(&scene, &client).await?;
    let person = login::person()?;
    let page = person.open(text(&begun, "verification_uri")?).await?;
    let challenge = page.parameter("device_challenge").expect("a challenge");
    for guess in 0..5 {
        let refused = answer(&scene, &challenge, &format!("BBBBBBB{guess}")).await?;
        assert_error(&refused, 400, "invalid_request");
    }
    let right = answer(&scene, &challenge, text(&begun, "user_code")?).await?;
    assert!((400..=429).contains(&right.status), "{}", right.body);
    // Who begins again with it is let in, once.
    typed(&scene, &login::person()?, &begun, text(&begun, "user_code")?).await?.expect(200)?;
    let second = typed(&scene, &login::person()?, &begun, text(&begun, "user_code")?).await?;
    assert_error(&second, 400, "invalid_request");
    Ok(())
}
