//! The form of the document (Discovery 3 and 4, RFC 8414 2 and 3).

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::super::scene;
use crate::support::on_sqlite;

on_sqlite!(the_document_is_as_specified, endpoints_that_are_named_are_there, keys_are_public_and_strong);

/// RFC 8414 2: "issuer REQUIRED [...] authorization_endpoint [...] token_endpoint [...] response_types_supported REQUIRED"; 3.2: "200 OK [...]
/// application/json"; "Claims with zero elements MUST be omitted from the response"; 3.3: "The issuer value returned MUST be identical to
/// the authorization server's issuer identifier value into which the well-known URI string was inserted". Discovery 3 adds jwks_uri,
/// subject_types_supported and id_token_signing_alg_values_supported, in which "RS256 MUST be included".
async fn the_document_is_as_specified(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let answer = scene.get("/.well-known/openid-configuration", &[]).await?;
    assert!(
        answer.header("content-type").is_some_and(|value| value.starts_with("application/json")),
        "{:?}",
        answer.headers
    );
    let document = answer.expect(200)?;
    assert_eq!(document, scene.get("/.well-known/oauth-authorization-server", &[]).await?.expect(200)?);
    assert_eq!(document["issuer"], scene.world.places.issuer().as_str());
    let required = [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    ];
    for name in required {
        assert!(document.get(name).is_some(), "{name}: {document}");
    }
    for (name, value) in document.as_object().expect("an object") {
        assert!(value.as_array().is_none_or(|list| !list.is_empty()), "{name} is empty");
        assert!(!value.is_null(), "{name} is null");
        if name.ends_with("_supported") && !name.ends_with("s_supported") {
            assert!(value.is_boolean() || value.is_array(), "{name}: {value}");
        }
    }
    assert!(
        document["id_token_signing_alg_values_supported"].as_array().is_some_and(|list| list.contains(&json!("RS256")))
    );
    // 4.3: what signs must not be offered unsigned.
    for name in ["token_endpoint_auth_signing_alg_values_supported", "id_token_signing_alg_values_supported"] {
        assert!(document[name].as_array().is_some_and(|list| !list.contains(&json!("none"))), "{name}");
    }
    Ok(())
}

/// Each `.._endpoint` and `.._uri` leads to something.
async fn endpoints_that_are_named_are_there(engine: Engine) -> anyhow::Result<()> {
    let enabled = json!({ "oidc": { "dynamic_client_registration": { "enabled": true } } });
    let scene = scene!(World::on(engine).oauth(enabled));
    let document = scene.metadata().await?;
    let mut seen = 0;
    for (name, value) in document.as_object().expect("an object") {
        let Some(url) = value
            .as_str()
            .filter(|_| name.contains("_endpoint") || name.ends_with("_uri") || name.ends_with("_iframe"))
        else {
            continue;
        };
        let path =
            url.strip_prefix(&scene.world.places.oauth()).unwrap_or_else(|| panic!("{name} is elsewhere: {url}"));
        let (by_get, by_post) = (scene.get(path, &[]).await?.status, scene.post(path, &[], &[]).await?.status);
        assert!(by_get != 404 || by_post != 404, "{name}: {url}");
        assert!(by_get < 500 && by_post < 500, "{name}: {by_get} {by_post}");
        seen += 1;
    }
    assert!(seen >= 10, "{document}");
    Ok(())
}

/// RFC 7517 4 and RFC 7518 3.3: "A key of size 2048 bits or larger MUST be used"; Discovery 3: "The JWK Set MUST NOT contain private or
/// symmetric key values"; kids are distinct.
async fn keys_are_public_and_strong(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let answer = scene.get("/.well-known/jwks.json", &[]).await?;
    let keys = answer.expect(200)?["keys"].as_array().expect("keys").clone();
    let mut kids = std::collections::HashSet::new();
    for key in &keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(key.get(private).is_none(), "{private} in {key}");
        }
        assert_eq!((&key["use"], key["alg"].is_string()), (&json!("sig"), true), "{key}");
        assert!(kids.insert(key["kid"].as_str().map(str::to_owned)), "a kid twice: {keys:?}");
        if key["kty"] == "RSA" {
            let modulus = key["n"].as_str().map(str::len).unwrap_or_default();
            assert!(modulus >= 342, "2048 bits: {key}");
        }
    }
    assert!(kids.len() >= 2 && !kids.contains(&None::<String>), "{:?}", Value::from(keys));
    Ok(())
}
