//! The client libraries others generated for the API of oauth-service call each operation once, and decode every answer.

mod crates;

use std::collections::BTreeSet;

use anyhow::Context as _;
use integration_tests::{relying_party, settings::Engine, world::World};
use serde_json::{Value, json};

use crate::support::{on_both, world};

on_both!(pypi_ory_hydra_client, npm_ory_clients, crate_ory_hydra_client);

/// Operations of ours that no library has: the same by a form, pages, what operators look at, and what came later.
const OURS: [&str; 17] = [
    "checkOidcSession",
    "discoverOAuth2Configuration",
    "discoverOAuth2ConfigurationOfPath",
    "fallbackConsent",
    "fallbackDevice",
    "fallbackDeviceDone",
    "fallbackError",
    "fallbackLoggedOut",
    "fallbackLogin",
    "fallbackLogout",
    "getMetrics",
    "getOidcUserInfoByForm",
    "getOpenApi",
    "oAuth2AuthorizeByForm",
    "previewOAuth2Tokens",
    "pushOAuth2AuthorizationRequest",
    "revokeOidcSessionByForm",
];
/// What the libraries for Python and Rust were made too early for.
const LATER: [&str; 2] = ["deleteRotatedOAuth2ClientSecrets", "rotateOAuth2ClientSecret"];

/// A world in which the script is the login provider: nobody else knows its people.
macro_rules! hydra {
    ($engine:expr) => {
        hydra!($engine, {})
    };
    ($engine:expr, $serve:tt) => {
        world!(World::on($engine).oauth(json!({
            "serve": $serve,
            "oauth2": { "refresh_token_hook": null },
            "oidc": { "dynamic_client_registration": { "enabled": true } },
        })))
    };
}

async fn pypi_ory_hydra_client(engine: Engine) -> anyhow::Result<()> {
    let world = hydra!(engine);
    let mut called = every_operation(&world, "hydra_client.py", &[]).await?;
    called.extend(LATER.map(str::to_owned));
    assert_eq!(called, operations(&world).await?);
    world.stop().await;
    Ok(())
}

async fn crate_ory_hydra_client(engine: Engine) -> anyhow::Result<()> {
    // The crate has no place for the key of the admin API.
    let world = hydra!(engine, { "admin": { "api_keys": null } });
    let mut called = crates::every_operation(&world).await?;
    called.extend(LATER.map(str::to_owned));
    assert_eq!(called, operations(&world).await?);
    world.stop().await;
    Ok(())
}

/// Neither of the two has every operation.
async fn npm_ory_clients(engine: Engine) -> anyhow::Result<()> {
    let world = hydra!(engine);
    let mut called = every_operation(&world, "hydra_client.js", &["@ory/client"]).await?;
    called.extend(every_operation(&world, "hydra_client.js", &["@ory/hydra-client"]).await?);
    assert_eq!(called, operations(&world).await?);
    world.stop().await;
    Ok(())
}

/// Those a library called, which are all it has.
async fn every_operation(world: &World, script: &str, more: &[&str]) -> anyhow::Result<BTreeSet<String>> {
    let admin = format!("http://127.0.0.1:{}", world.places.oauth_admin);
    let own = [world.places.oauth(), admin, world.places.oauth_key.clone()];
    let arguments: Vec<&str> = more.iter().copied().chain(own.iter().map(String::as_str)).collect();
    let told = relying_party::script(script, &arguments).await?;
    assert_eq!(told["failed"], json!({}), "{told}");
    let called = names(&told["called"])?;
    assert_eq!(called, names(&told["operations"])?, "the library has operations that were not called");
    Ok(called)
}

fn names(list: &Value) -> anyhow::Result<BTreeSet<String>> {
    Ok(serde_json::from_value(list.clone())?)
}

/// Those of the document, without ours.
async fn operations(world: &World) -> anyhow::Result<BTreeSet<String>> {
    let document = world.oauth_admin("GET", "/openapi.json", None).await?.expect(200)?;
    let paths = document["paths"].as_object().context("its paths")?;
    let methods = paths.values().filter_map(Value::as_object).flat_map(serde_json::Map::values);
    let mut ids: BTreeSet<String> =
        methods.filter_map(|operation| operation["operationId"].as_str().map(str::to_owned)).collect();
    assert!(OURS.iter().all(|own| ids.remove(*own)), "one of ours is not in the document");
    assert_eq!(ids.len(), 52, "{ids:?}");
    Ok(ids)
}
