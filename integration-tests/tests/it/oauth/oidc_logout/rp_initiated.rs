//! A client sends the person to log out.

use chrono::Duration;
use integration_tests::{
    login,
    person::{Person, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::{
    super::{Scene, clock, location, scene},
    is_known, log_out, visit,
};
use crate::support::{on_both, on_sqlite};

on_both!(a_person_is_asked_and_logged_out);
on_sqlite!(
    a_person_may_stay,
    requests_come_by_get_and_by_post,
    nothing_leads_to_an_unproven_address,
    an_old_hint_is_still_one
);

const HOME: &str = "http://127.0.0.1:5555/bye";

async fn client(scene: &Scene) -> anyhow::Result<String> {
    scene.register(json!({ "post_logout_redirect_uris": [HOME] })).await
}

fn person() -> anyhow::Result<Person> {
    Ok(login::person()?.ending_at(HOME))
}

/// 2: "the OP SHOULD ask the End-User whether to log out"; 3: "post_logout_redirect_uri [...] state: If included in the logout request, the
/// OP passes this value back to the RP using the state parameter"; the metadata of 2.1.
async fn a_person_is_asked_and_logged_out(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let endpoint = scene.metadata().await?["end_session_endpoint"].clone();
    assert_eq!(endpoint, scene.at("/oauth2/sessions/logout").as_str());
    let client = client(&scene).await?;
    for (state, end) in [(Some("a-b c&d"), format!("{HOME}?state=a-b+c%26d")), (None, HOME.to_owned())] {
        let person = person()?;
        let (_, hint) = visit(&scene, &person, &client).await?;
        let mut query =
            vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME), ("client_id", client.as_str())];
        query.extend(state.map(|state| ("state", state)));
        let question = log_out(&scene, &person, &query).await?;
        assert!(is_known(&scene, &person).await?, "nobody has answered yet");
        let gone = person.press(&question, ("action", "accept"), &[]).await?;
        assert_eq!(gone.url.as_str(), end);
        assert!(!is_known(&scene, &person).await?);
        // The session is gone: there is nothing left to ask about, and the person goes home at once.
        let again = log_out(&scene, &person, &query).await?;
        assert_eq!(again.url.as_str(), end);
    }
    // Without a client, and with a state that means nothing: the person ends at a page of the server.
    let person = person()?;
    visit(&scene, &person, &client).await?;
    let question = log_out(&scene, &person, &[("state", "meaningless")]).await?;
    let gone = person.press(&question, ("action", "accept"), &[]).await?;
    assert!(!gone.url.as_str().starts_with(HOME) && gone.status == 200, "{}", gone.url);
    assert!(!is_known(&scene, &person).await?);
    Ok(())
}

/// 2: the person's answer counts.
async fn a_person_may_stay(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, person) = (client(&scene).await?, person()?);
    let (_, hint) = visit(&scene, &person, &client).await?;
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME)];
    let question = log_out(&scene, &person, &query).await?;
    person.press(&question, ("action", "reject"), &[]).await?;
    assert!(is_known(&scene, &person).await?);
    Ok(())
}

/// 2: "OPs MUST support the use of the HTTP GET and POST methods defined in RFC 7231 at the Logout Endpoint."
async fn requests_come_by_get_and_by_post(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, person) = (client(&scene).await?, person()?);
    let (_, hint) = visit(&scene, &person, &client).await?;
    let form = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME), ("state", "by-post")];
    let answer = person.request(plain_client()?.post(scene.at("/oauth2/sessions/logout")).form(&form)).await?;
    assert!(matches!(answer.status, 302 | 303), "{}", answer.body);
    let question = person.open(location(&answer).as_str()).await?;
    let gone = person.press(&question, ("action", "accept"), &[]).await?;
    assert_eq!(gone.url.as_str(), format!("{HOME}?state=by-post"));
    Ok(())
}

/// 2: "When both client_id and id_token_hint are present, the OP MUST verify that the Client Identifier matches the one used when issuing
/// the ID Token"; "the OP MUST NOT perform post-logout redirection if the post_logout_redirect_uri value supplied does not exactly match
/// one of the previously registered"; 3: without a hint "unless the OP has other means of confirming the legitimacy". 4: "the OP [...]
/// MUST NOT" redirect on errors.
async fn nothing_leads_to_an_unproven_address(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client, person) = (client(&scene).await?, person()?.ending_at("https://evil.example"));
    let (_, hint) = visit(&scene, &person, &client).await?;
    let other = scene.register(json!({ "redirect_uris": ["https://evil.example/cb"], "post_logout_redirect_uris": ["https://evil.example/"] })).await?;
    let queries = [
        vec![("post_logout_redirect_uri", HOME)],
        vec![("post_logout_redirect_uri", HOME), ("client_id", client.as_str())],
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "https://evil.example/")],
        vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME), ("client_id", other.as_str())],
        vec![
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://evil.example/"),
            ("client_id", other.as_str()),
        ],
        vec![("id_token_hint", "a.b.c"), ("post_logout_redirect_uri", HOME)],
        vec![
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", HOME),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
        vec![("logout_verifier", "made-up"), ("post_logout_redirect_uri", "https://evil.example/")],
    ];
    for query in queries {
        let page = log_out(&scene, &person, &query).await?;
        assert!(page.url.as_str().starts_with(&scene.world.places.identity()), "{query:?} led to {}", page.url);
        assert!(is_known(&scene, &person).await?, "{query:?} logged the person out");
    }
    Ok(())
}

/// 2: "The OP SHOULD accept ID Tokens when the RP identified by the ID Token's aud claim and/or sid claim has a current session or had a
/// recent session at the OP, even when the exp time has passed."
async fn an_old_hint_is_still_one(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let (client, person) = (client(&scene).await?, person()?);
    let (_, hint) = visit(&scene, &person, &client).await?;
    clock.advance(Duration::hours(5));
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME)];
    let question = log_out(&scene, &person, &query).await?;
    let gone = person.press(&question, ("action", "accept"), &[]).await?;
    assert_eq!(gone.url.as_str(), HOME);
    Ok(())
}
