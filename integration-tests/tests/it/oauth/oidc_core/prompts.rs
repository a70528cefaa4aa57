//! What a request says about how the person is to be asked (section 3.1.2.1).

use chrono::Duration;
use integration_tests::{
    login::{self, Authorization, CALLBACK, claims, person},
    person::{Page, Person, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::super::{EMAIL, PASSWORD, Scene, assert_redirected_error, assert_told, clock, parameters, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    who_is_logged_in_and_has_consented_is_not_asked,
    consent_is_asked_for_again_on_demand,
    a_fresh_login_is_a_later_one,
    prompts_that_cannot_be_followed_are_refused,
    what_is_optional_never_fails,
    requests_come_by_get_and_by_post,
    a_hint_at_who_is_logged_in_is_followed,
);

/// Logs in and has the consent remembered.
async fn consent_for_good(scene: &Scene, person: &Person, authorization: &Authorization) -> anyhow::Result<Page> {
    let page = person.open(authorization.url.as_str()).await?;
    let consent = person.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let end = person.press(&consent, ("action", "accept"), &[("remember", "true")]).await?;
    assert!(end.parameter("code").is_some(), "{} at {}", end.url, scene.client_id);
    Ok(end)
}

async fn id_token(scene: &Scene, authorization: &Authorization, end: &Page) -> anyhow::Result<serde_json::Value> {
    let code = end.parameter("code").unwrap_or_else(|| panic!("no code at {}", end.url));
    claims(text(&scene.exchange(authorization, &code, &[], &[]).await?.expect(200)?, "id_token")?)
}

/// "none: The Authorization Server MUST NOT display any authentication or consent user interface pages. An error is returned if an
/// End-User is not already authenticated or the Client does not have pre-configured consent": `login_required`, `consent_required`.
async fn who_is_logged_in_and_has_consented_is_not_asked(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let person = person()?;
    let request = Authorization::new(&scene.world, &scene.client_id, "openid profile")?;
    let end = consent_for_good(&scene, &person, &request).await?;
    let first = id_token(&scene, &request, &end).await?;
    clock.advance(Duration::seconds(90));
    let silent = Authorization::new(&scene.world, &scene.client_id, "openid profile")?.with("prompt", "none");
    let end = person.open(silent.url.as_str()).await?;
    let second = id_token(&scene, &silent, &end).await?;
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
    assert!(second["iat"].as_i64() > first["iat"].as_i64(), "{first} {second}");
    assert_eq!(second["nonce"], silent.nonce.as_str());
    // More than was consented to.
    let more = Authorization::new(&scene.world, &scene.client_id, "openid profile email")?.with("prompt", "none");
    assert_redirected_error(&person.open(more.url.as_str()).await?, "consent_required");
    let other = scene.register(json!({})).await?;
    let other = scene.request_of(&other)?.with("prompt", "none");
    assert_redirected_error(&person.open(other.url.as_str()).await?, "consent_required");
    Ok(())
}

/// "consent: The Authorization Server SHOULD prompt the End-User for consent before returning information to the Client."
async fn consent_is_asked_for_again_on_demand(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = person()?;
    let request = scene.authorization()?;
    consent_for_good(&scene, &person, &request).await?;
    let quiet = person.open(scene.authorization()?.url.as_str()).await?;
    assert!(quiet.url.as_str().starts_with(CALLBACK), "remembered: {}", quiet.url);
    let again = person.open(scene.authorization()?.with("prompt", "consent").url.as_str()).await?;
    assert!(again.html.contains("consent_challenge"), "no consent asked for at {}", again.url);
    let page = person.press(&again, ("action", "reject"), &[]).await?;
    assert_redirected_error(&page, "access_denied");
    Ok(())
}

/// "login: The Authorization Server SHOULD prompt the End-User for reauthentication"; the answer tells of it: 2, auth_time; "select_account
/// SHOULD prompt the End-User to select a user account"; "max_age=0" is prompt=login.
async fn a_fresh_login_is_a_later_one(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let person = person()?;
    let request = scene.authorization()?;
    let end = consent_for_good(&scene, &person, &request).await?;
    let mut last = id_token(&scene, &request, &end).await?;
    for (name, value) in
        [("prompt", "login"), ("max_age", "0"), ("prompt", "select_account"), ("prompt", "login consent")]
    {
        clock.advance(Duration::seconds(60));
        let request = scene.authorization()?.with(name, value);
        let page = person.open(request.url.as_str()).await?;
        assert!(page.html.contains("name=\"password\""), "{name}={value}: no password asked for at {}", page.url);
        let fields = [("password", PASSWORD)];
        let form = integration_tests::form::Form::with_button(&page.html, "method", "password")?;
        let asks_who = form.names.iter().any(|field| field == "identifier");
        let fields = if asks_who { vec![("identifier", EMAIL), fields[0]] } else { fields.to_vec() };
        let mut end = person.press(&page, ("method", "password"), &fields).await?;
        if !end.url.as_str().starts_with(CALLBACK) {
            end = login::consent_to_all(&person, &end).await?;
        }
        let now = id_token(&scene, &request, &end).await?;
        assert!(now["auth_time"].as_i64() > last["auth_time"].as_i64(), "{name}={value}: {last} {now}");
        assert_eq!(now["sub"], last["sub"]);
        last = now;
    }
    Ok(())
}

/// "If this parameter contains none with any other value, an error is returned"; 3.1.2.2: what is malformed is an invalid_request.
async fn prompts_that_cannot_be_followed_are_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let cases = [
        ("prompt", "none login"),
        ("prompt", "consent none"),
        ("prompt", "whatever"),
        ("max_age", "-1"),
        ("max_age", "soon"),
        ("claims", "{"),
        ("claims", "[]"),
    ];
    for (name, value) in cases {
        let request = scene.authorization()?.with(name, value);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "invalid_request");
    }
    for hint in ["not-a-token", "a.b.c"] {
        let request = scene.authorization()?.with("id_token_hint", hint).with("prompt", "none");
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert!(super::super::sent(&answer, "error").is_some(), "{:?}", answer.headers);
    }
    // 7.2.1: registration is for self-issued providers.
    let request = scene.authorization()?.with("registration", "{}");
    assert_told(&scene.look(request.url.as_str(), &[]).await?, "registration_not_supported");
    Ok(())
}

/// 15.1: the use of display, ui_locales, claims_locales and acr_values "MUST [...] at least [be supported] by not causing an error", and
/// 3.1.2.1: "Other parameters MAY be sent": unknown ones are ignored (RFC 6749 3.1).
async fn what_is_optional_never_fails(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let parameters = [
        ("display", "popup"),
        ("display", "hologram"),
        ("ui_locales", "fr-CA fr en"),
        ("ui_locales", "xx-nonsense"),
        ("claims_locales", "de ja"),
        ("acr_values", "urn:example:loa:9 1"),
        ("login_hint", "somebody@example.org"),
        ("unknown", "\u{1F600}"),
        ("claims", r#"{"userinfo":{"email":null,"x":{"essential":true}},"id_token":{"auth_time":{"essential":true}}}"#),
    ];
    for (name, value) in parameters {
        let end = scene.sign_in(&scene.authorization()?.with(name, value)).await?;
        assert!(end.parameter("code").is_some(), "{name}={value}: {}", end.url);
    }
    Ok(())
}

/// "Authorization Servers MUST support the use of the HTTP GET and POST methods [...] at the Authorization Endpoint."
async fn requests_come_by_get_and_by_post(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (person, request) = (person()?, scene.authorization()?);
    let form = parameters(&request);
    let answer = person.request(plain_client()?.post(scene.at("/oauth2/auth")).form(&form)).await?;
    assert!(matches!(answer.status, 302 | 303), "{}", answer.body);
    let page = person.open(super::super::location(&answer).as_str()).await?;
    let consent = person.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let end = login::consent_to_all(&person, &consent).await?;
    assert_eq!(id_token(&scene, &request, &end).await?["nonce"], request.nonce.as_str());
    Ok(())
}

/// id_token_hint: "If the End-User identified by the ID Token is already logged in [...] the Authorization Server returns a positive
/// response"; "The Authorization Server need not be listed as an audience", and an expired hint is one all the same.
async fn a_hint_at_who_is_logged_in_is_followed(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let (person, request) = (person()?, scene.authorization()?);
    let end = consent_for_good(&scene, &person, &request).await?;
    let code = end.parameter("code").expect("a code");
    let tokens = scene.exchange(&request, &code, &[], &[]).await?.expect(200)?;
    clock.advance(Duration::hours(2));
    let hinted = scene.authorization()?.with("prompt", "none").with("id_token_hint", text(&tokens, "id_token")?);
    let end = person.open(hinted.url.as_str()).await?;
    assert_eq!(id_token(&scene, &hinted, &end).await?["sub"], scene.subject.as_str());
    Ok(())
}
