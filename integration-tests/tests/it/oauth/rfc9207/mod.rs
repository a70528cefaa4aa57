//! RFC 9207, OAuth 2.0 Authorization Server Issuer Identification.

use integration_tests::{login, settings::Engine, world::World};

use super::scene;
use crate::support::on_sqlite;

on_sqlite!(the_issuer_names_itself);

/// 2: "an authorization server [...] MUST indicate its identity by including the 'iss' parameter in the response", errors
/// included; 2.3: it "MUST be identical to the authorization server's issuer value in its metadata"; 3: the metadata says so.
async fn the_issuer_names_itself(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let issuer = Some(scene.world.places.issuer());
    assert_eq!(scene.sign_in(&scene.authorization()?).await?.parameter("iss"), issuer);
    let person = login::person()?;
    let refused = person.open(scene.authorization()?.with("prompt", "none").url.as_str()).await?;
    assert_eq!(refused.parameter("iss"), issuer, "{}", refused.url);
    let url = scene.world.oauth_url("/.well-known/openid-configuration");
    let metadata = person.call("GET", &url, None).await?.expect(200)?;
    assert_eq!(metadata["issuer"].as_str().map(str::to_owned), issuer);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    Ok(())
}
