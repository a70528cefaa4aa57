//! Clients are told of a logout by frames in the browser.

use integration_tests::{login, person::Person, settings::Engine, world::World};
use serde_json::json;

use super::{
    super::{scene, text},
    log_out, visit,
};
use crate::support::on_sqlite;

on_sqlite!(each_client_of_the_session_gets_a_frame, addresses_of_frames_are_those_of_clients);

const HOME: &str = "http://127.0.0.1:5555/bye";

/// 3: "the OP [...] renders in an iframe [...] iss [...] sid"; 2: "If the frontchannel_logout_uri has a query component, it MUST be retained
/// when adding additional query parameters"; 3: the metadata.
async fn each_client_of_the_session_gets_a_frame(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let metadata = scene.metadata().await?;
    assert_eq!(
        (&metadata["frontchannel_logout_supported"], &metadata["frontchannel_logout_session_supported"]),
        (&json!(true), &json!(true))
    );
    let fields = json!({
        "frontchannel_logout_uri": "http://127.0.0.1:5555/logout?app=1", "frontchannel_logout_session_required": true,
        "post_logout_redirect_uris": [HOME],
    });
    let client = scene.register(fields).await?;
    let idle = scene.register(json!({ "frontchannel_logout_uri": "http://127.0.0.1:5555/idle" })).await?;
    let person = Person::new()?.ending_at(login::CALLBACK).ending_at(HOME);
    let (claims, hint) = visit(&scene, &person, &client).await?;
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME), ("state", "so-long")];
    let question = log_out(&scene, &person, &query).await?;
    let page = person.press(&question, ("action", "accept"), &[]).await?;
    assert_eq!(page.status, 200, "{}", page.url);
    let sources: Vec<String> = frames(&page.html);
    assert_eq!(sources.len(), 1, "{}", page.html);
    let frame = url::Url::parse(&sources[0])?;
    let value = |name: &str| frame.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert!(sources[0].starts_with("http://127.0.0.1:5555/logout?app=1&"), "{sources:?}");
    assert_eq!(value("iss"), Some(scene.world.places.issuer()));
    assert_eq!(value("sid").as_deref(), Some(text(&claims, "sid")?));
    assert!(page.html.contains(&format!("{HOME}?state=so-long")), "where the page goes on to: {}", page.html);
    assert!(!page.html.contains("/idle") && !idle.is_empty());
    Ok(())
}

/// The sources of the frames of a page.
fn frames(html: &str) -> Vec<String> {
    let tags = html.split("<iframe").skip(1);
    let sources = tags.filter_map(|tag| tag.split_once("src=\"")?.1.split_once('"').map(|(source, _)| source));
    sources.map(integration_tests::form::decode).collect()
}

/// 2: "The domain, port, and scheme of this URL MUST be the same as that of a registered Redirection URI value" is asked of clients; what
/// can be no frame of a client is refused.
async fn addresses_of_frames_are_those_of_clients(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for uri in ["javascript:alert(1)", "data:text/html,x", "relative", "http://127.0.0.1:5555/x\"onload=\"alert(1)"] {
        let body = json!({
            "redirect_uris": [login::CALLBACK], "frontchannel_logout_uri": uri, "token_endpoint_auth_method": "none",
            "scope": super::super::SCOPE, "grant_types": ["authorization_code", "refresh_token"],
        });
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        if answer.status == 400 {
            continue;
        }
        let client = answer.expect(201)?;
        let person = login::person()?;
        let (_, hint) = visit(&scene, &person, text(&client, "client_id")?).await?;
        let question = log_out(&scene, &person, &[("id_token_hint", &hint)]).await?;
        let page = person.press(&question, ("action", "accept"), &[]).await?;
        assert!(!page.html.contains("\"onload=\"") && !page.html.contains("src=\"javascript:"), "{uri}: {}", page.html);
    }
    Ok(())
}
