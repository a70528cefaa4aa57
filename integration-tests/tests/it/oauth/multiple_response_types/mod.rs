//! OAuth 2.0 Multiple Response Type Encoding Practices.

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::{assert_told, location, scene};
use crate::support::on_sqlite;

on_sqlite!(the_mode_follows_the_type, words_of_a_type_have_no_order, what_is_not_understood_is_refused);

const TYPES: [&str; 6] = ["code", "token", "id_token", "code token", "code id_token", "code id_token token"];

fn all() -> serde_json::Value {
    json!({ "grant_types": ["authorization_code", "implicit"], "response_types": TYPES })
}

/// 2.1: "For purposes of this specification, the default Response Mode for the OAuth 2.0 code Response Type is the query encoding. [...] the
/// default Response Mode for the OAuth 2.0 token Response Type is the fragment encoding"; 5: those with tokens: the fragment. "clients
/// can use response_mode=fragment for code".
async fn the_mode_follows_the_type(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(all()).await?;
    for kind in TYPES {
        let request = scene.request_of(&client)?.with("response_type", kind).with("prompt", "none");
        let to = location(&scene.look(request.url.as_str(), &[]).await?);
        assert_eq!((to.query().is_some(), to.fragment().is_some()), (kind == "code", kind != "code"), "{kind}: {to}");
        let asked = request.with("response_mode", "fragment");
        assert!(location(&scene.look(asked.url.as_str(), &[]).await?).fragment().is_some(), "{kind}");
    }
    Ok(())
}

/// 3 with RFC 6749 3.1.1: "the order of values does not matter".
async fn words_of_a_type_have_no_order(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(all()).await?;
    for kind in ["token id_token code", "id_token code token", "token code", "id_token code"] {
        let request = scene.request_of(&client)?.with("response_type", kind);
        let end = scene.sign_in(&request).await?;
        for (word, parameter) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
            assert_eq!(
                end.parameter(parameter).is_some(),
                kind.split(' ').any(|part| part == word),
                "{kind}: {}",
                end.url
            );
        }
    }
    Ok(())
}

/// RFC 6749 3.1.1: "If an authorization request is missing the response_type parameter, or if the response type is not understood, the
/// authorization server MUST return an error response as described in Section 4.1.2.1."
async fn what_is_not_understood_is_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(all()).await?;
    for kind in ["none", "code none", "Code", "code,token", "saml", "code token saml"] {
        let request = scene.request_of(&client)?.with("response_type", kind);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "unsupported_response_type");
    }
    let missing = scene.request_of(&client)?.without("response_type");
    assert_told(&scene.look(missing.url.as_str(), &[]).await?, "unsupported_response_type");
    for mode in ["smoke", "Query", "web_message", "query fragment"] {
        let request = scene.request_of(&client)?.with("response_mode", mode);
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert_eq!(super::sent(&answer, "error").as_deref(), Some("unsupported_response_mode"), "{mode}");
    }
    Ok(())
}
