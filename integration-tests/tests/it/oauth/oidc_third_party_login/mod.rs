//! Initiating Login from a Third Party (OpenID Connect Core 1.0, section 4): what a provider keeps for it.

use integration_tests::{
    person::{Answer, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::{assert_error, scene, text};
use crate::support::on_sqlite;

on_sqlite!(the_address_is_kept_and_told);

/// Registration 2, initiate_login_uri: "URI using the https scheme that a third party can use to initiate a login by the RP. [...] Clients
/// with policies requiring it MUST [...] https"; what was registered is told at once and later (RFC 7591 3.2.1, RFC 7592 3).
async fn the_address_is_kept_and_told(engine: Engine) -> anyhow::Result<()> {
    let enabled = json!({ "oidc": { "dynamic_client_registration": { "enabled": true } } });
    let scene = scene!(World::on(engine).oauth(enabled));
    let address = "https://app.example/start?tenant=7";
    let body = json!({ "redirect_uris": ["https://app.example/cb"], "initiate_login_uri": address });
    let made = plain_client()?.post(scene.at("/oauth2/register")).json(&body).send().await?;
    let made = Answer::read(made).await?.expect(201)?;
    assert_eq!(text(&made, "initiate_login_uri")?, address);
    let read = plain_client()?
        .get(text(&made, "registration_client_uri")?)
        .bearer_auth(text(&made, "registration_access_token")?);
    let read = Answer::read(read.send().await?).await?.expect(200)?;
    assert_eq!(text(&read, "initiate_login_uri")?, address);
    for wrong in ["http://app.example/start", "javascript:alert(1)", "/start", "app.example"] {
        let body = json!({ "redirect_uris": ["https://app.example/cb"], "initiate_login_uri": wrong });
        let refused = plain_client()?.post(scene.at("/oauth2/register")).json(&body).send().await?;
        assert_error(&Answer::read(refused).await?, 400, "invalid_client_metadata");
        let refused = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        assert_error(&refused, 400, "invalid_client_metadata");
    }
    Ok(())
}
