//! The client libraries others generated for the API of identity-service call each operation once, and decode every answer.

mod crates;

use integration_tests::{relying_party, settings::Engine, world::World};
use serde_json::json;

use crate::support::{on_both, world};

on_both!(pypi_ory_kratos_client, npm_ory_client, crate_ory_kratos_client);

/// The operations the crate has.
const OF_THE_CRATE: usize = 56;

macro_rules! identity {
    ($engine:expr) => {
        world!(World::on($engine).identity(json!({
            "session": { "whoami": { "required_aal": "aal1" } },
            "selfservice": {
                "methods": { "totp": { "enabled": true } },
                "flows": {
                    "recovery": { "enabled": true },
                    "registration": { "after": { "password": { "hooks": [{ "hook": "session" }] } } },
                },
            },
        })))
    };
}

async fn pypi_ory_kratos_client(engine: Engine) -> anyhow::Result<()> {
    every_operation(engine, "kratos_client.py").await
}

async fn npm_ory_client(engine: Engine) -> anyhow::Result<()> {
    every_operation(engine, "kratos_client.js").await
}

async fn crate_ory_kratos_client(engine: Engine) -> anyhow::Result<()> {
    let world = identity!(engine);
    let called = crates::every_operation(&world).await?;
    assert_eq!(called.len(), OF_THE_CRATE, "{called:?}");
    world.stop().await;
    Ok(())
}

async fn every_operation(engine: Engine, script: &str) -> anyhow::Result<()> {
    let world = identity!(engine);
    let admin = format!("http://127.0.0.1:{}", world.places.identity_admin);
    let arguments = [world.identity_url(""), admin, world.places.identity_key.clone()];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = relying_party::script(script, &arguments).await?;
    assert_eq!(told["failed"], json!({}), "{told}");
    let called = told["called"].as_array().map_or(0, Vec::len);
    assert!(called >= 54, "only {called} operations were called: {told}");
    world.stop().await;
    Ok(())
}
