//! RFC 9470, OAuth 2.0 Step Up Authentication Challenge Protocol.

use chrono::Duration;
use integration_tests::{login, settings::Engine, world::World};
use serde_json::json;

use super::{clock, keys::part, scene, text};
use crate::support::on_sqlite;

on_sqlite!(a_token_tells_how_and_when_its_person_logged_in, a_demand_is_met_or_refused);

/// 6.1 and 6.2: "acr" and "auth_time" of the login behind a token, in a JWT access token (RFC 9068 2.2.1) and in introspection.
async fn a_token_tells_how_and_when_its_person_logged_in(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let profile = json!({ "strategies": { "jwt": { "profile": "rfc9068" } } });
    let scene = scene!(World::on(engine).clock(&clock).oauth(profile));
    let client = scene.register(json!({ "access_token_strategy": "jwt" })).await?;
    let person = login::person()?;
    let request = scene.request_of(&client)?;
    let end = scene.sign_in_as(&person, &request).await?;
    let tokens = scene.exchange(&request, &end.parameter("code").expect("a code"), &[], &[]).await?.expect(200)?;
    let (access, id_token) = (part(text(&tokens, "access_token")?, 1), part(text(&tokens, "id_token")?, 1));
    for name in ["auth_time", "acr", "amr"] {
        assert_eq!(access.get(name), id_token.get(name), "{name}");
    }
    assert!(access["auth_time"].is_i64(), "{access}");
    // A refreshed token is of the same login.
    clock.advance(Duration::minutes(10));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")?),
        ("client_id", client.as_str()),
    ];
    let next = scene.post("/oauth2/token", &[], &form).await?.expect(200)?;
    assert_eq!(part(text(&next, "access_token")?, 1)["auth_time"], access["auth_time"]);
    // 5: max_age is how a client asks for a fresher one.
    let fresh = scene.request_of(&client)?.with("max_age", "300");
    let page = person.open(fresh.url.as_str()).await?;
    assert!(page.html.contains("name=\"password\""), "no password asked for at {}", page.url);
    Ok(())
}

/// 5: "acr_values [...] If the authorization server cannot [...] it returns unmet_authentication_requirements": an essential demand is not
/// answered by a weaker login; a wish may be.
async fn a_demand_is_met_or_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let wish = scene.authorization()?.with("acr_values", "urn:example:retina");
    assert!(
        scene.sign_in(&wish).await?.parameter("code").is_some(),
        "acr_values is voluntary (OpenID Connect Core 5.5.1.1)"
    );
    let demand = json!({ "id_token": { "acr": { "essential": true, "value": "urn:example:retina" } } }).to_string();
    let end = scene.sign_in(&scene.authorization()?.with("claims", &demand)).await?;
    assert_eq!(end.parameter("code"), None, "{}", end.url);
    assert_eq!(end.parameter("error").as_deref(), Some("unmet_authentication_requirements"), "{}", end.url);
    Ok(())
}
