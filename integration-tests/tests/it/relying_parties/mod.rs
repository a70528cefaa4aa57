//! Relying parties nobody here wrote go through every grant, every way to authenticate and every protection they know, and refuse
//! what was tampered with.

mod certificates;
mod openidconnect;
mod visitor;

use integration_tests::{login, relying_party, settings::Engine, world::World};
use serde_json::{Value, json};

use crate::{
    oauth::{EMAIL, Scene},
    support::{on_both, on_sqlite, world},
};
use certificates::Papers;
use visitor::Visitor;

on_both!(npm_openid_client, npm_openid_client_by_fapi2, npm_oauth4webapi, pypi_authlib, go_oidc);
on_sqlite!(certificates_authenticate);

/// Both services with all that a relying party may ask for.
macro_rules! open_scene {
    ($engine:expr) => {
        open_scene!($engine, "ory")
    };
    ($engine:expr, $profile:literal) => {
        crate::oauth::scene!(integration_tests::world::World::on($engine).oauth(serde_json::json!({
            "oauth2": {
                "device_authorization": { "token_polling_interval": "1s" },
                "dpop": { "require_nonce": true },
                "profile": $profile,
            },
            "oidc": { "dynamic_client_registration": { "enabled": true } },
            "strategies": { "jwt": { "profile": "rfc9068" } },
        })))
    };
}
pub(crate) use open_scene;

async fn npm_openid_client(engine: Engine) -> anyhow::Result<()> {
    goes_through(open_scene!(engine), "openid_client.js", 17).await
}

async fn npm_openid_client_by_fapi2(engine: Engine) -> anyhow::Result<()> {
    goes_through(open_scene!(engine, "fapi2"), "fapi2.js", 3).await
}

async fn npm_oauth4webapi(engine: Engine) -> anyhow::Result<()> {
    goes_through(open_scene!(engine), "oauth4webapi.js", 11).await
}

async fn pypi_authlib(engine: Engine) -> anyhow::Result<()> {
    goes_through(open_scene!(engine), "authlib_client.py", 13).await
}

async fn go_oidc(engine: Engine) -> anyhow::Result<()> {
    goes_through(open_scene!(engine), "relying_party", 11).await
}

/// The libraries that can show a certificate, at a server that asks for one.
async fn certificates_authenticate(engine: Engine) -> anyhow::Result<()> {
    let papers = Papers::issue()?;
    let world = world!(World::on(engine).oauth_by_tls().oauth(papers.settings()));
    let mut argument = argument(&world, "");
    argument["certificates"] = papers.paths();
    for program in ["openid_client.js", "authlib_client.py", "relying_party"] {
        let told = relying_party::converse(program, &argument, async |asked| anyhow::bail!("asks for {asked}")).await?;
        assert_eq!(told["failed"], json!({}), "{program}: {told:#}");
        assert_eq!(told["done"].as_array().map(Vec::len), Some(1), "{program}: {told}");
    }
    world.stop().await;
    Ok(())
}

/// A program that ends with what it has done: so many journeys, and none in vain.
async fn goes_through(scene: Scene, program: &str, journeys: usize) -> anyhow::Result<()> {
    let visitor = Visitor::new(&scene)?;
    let told = relying_party::converse(program, &argument(&scene.world, &scene.subject), async |asked| {
        visitor.answer(asked).await
    })
    .await?;
    assert_eq!(told["failed"], json!({}), "{told:#}");
    assert_eq!(told["done"].as_array().map(Vec::len), Some(journeys), "{told}");
    scene.world.stop().await;
    Ok(())
}

/// What a program must know of the world.
fn argument(world: &World, subject: &str) -> Value {
    json!({
        "issuer": world.places.issuer(),
        "admin": format!("http://127.0.0.1:{}", world.places.oauth_admin),
        "key": world.places.oauth_key,
        "callback": login::CALLBACK,
        "subject": subject,
        "email": EMAIL,
    })
}
