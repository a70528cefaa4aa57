//! RFC 8414, OAuth 2.0 Authorization Server Metadata: where it is found. What it says is checked in `oidc_discovery`.

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::scene;
use crate::support::on_sqlite;

on_sqlite!(an_issuer_with_a_path_is_found, both_addresses_say_the_same);

/// RFC 8414 3: "available at a path formed by inserting a well-known URI string into the authorization server's issuer identifier between
/// the host component and the path component, if any"; 3.1: "any terminating / MUST be removed before inserting". Discovery 4: appended.
async fn an_issuer_with_a_path_is_found(engine: Engine) -> anyhow::Result<()> {
    for issuer in ["http://id.example/tenants/one/", "http://id.example/tenants/one"] {
        let scene = scene!(World::on(engine).oauth(json!({ "urls": { "self": { "issuer": issuer } } })));
        for path in ["/.well-known/oauth-authorization-server/tenants/one", "/.well-known/openid-configuration"] {
            assert_eq!(scene.get(path, &[]).await?.expect(200)?["issuer"], issuer, "{path}");
        }
        for path in [
            "/.well-known/oauth-authorization-server/tenants",
            "/.well-known/oauth-authorization-server/tenants/one/two",
        ] {
            assert_eq!(scene.get(path, &[]).await?.status, 404, "{path}");
        }
    }
    let scene = scene!(World::on(engine));
    assert_eq!(scene.get("/.well-known/oauth-authorization-server/tenants", &[]).await?.status, 404);
    Ok(())
}

/// 3.1 and 5: "the well-known URI suffix oauth-authorization-server [...] openid-configuration" for those that serve OpenID Connect too: the
/// metadata is one.
async fn both_addresses_say_the_same(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.get("/.well-known/oauth-authorization-server", &[]).await?.expect(200)?;
    assert_eq!(document, scene.metadata().await?);
    // 2: the issuer is a URL "that has no query or fragment components".
    let issuer = url::Url::parse(document["issuer"].as_str().expect("an issuer"))?;
    assert!(issuer.query().is_none() && issuer.fragment().is_none(), "{issuer}");
    Ok(())
}
