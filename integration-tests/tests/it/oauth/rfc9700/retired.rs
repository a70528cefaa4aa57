//! What is retired, and what nobody gets without having registered for it.

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::super::{EMAIL, PASSWORD, assert_error, assert_told, basic, scene, text};
use crate::support::on_sqlite;

on_sqlite!(passwords_of_people_are_not_for_clients, tokens_do_not_come_by_the_browser_unasked);

/// 2.4: "The resource owner password credentials grant [RFC6749] MUST NOT be used."
async fn passwords_of_people_are_not_for_clients(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential_with(json!({ "grant_types": ["password", "client_credentials"] })).await?;
    let header = basic(&id, &secret);
    let form = [("grant_type", "password"), ("username", EMAIL), ("password", PASSWORD), ("scope", "profile")];
    let answer = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?;
    // The contract's name for a grant type the server does not have.
    assert_error(&answer, 400, "invalid_request");
    let grants = scene.metadata().await?["grant_types_supported"].clone();
    assert!(!grants.as_array().expect("a list").contains(&json!("password")), "{grants}");
    Ok(())
}

/// 2.1.2: "clients SHOULD NOT use the implicit grant": none has it without saying so twice, by the grant and by the response type.
async fn tokens_do_not_come_by_the_browser_unasked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let types = ["token", "id_token", "id_token token", "code token", "code id_token", "code id_token token"];
    for response_type in types {
        let url = scene.authorization()?.with("response_type", response_type).url;
        assert_told(&scene.look(url.as_str(), &[]).await?, "unsupported_response_type");
    }
    let without_grant = scene.register(json!({ "response_types": types })).await?;
    for response_type in ["token", "id_token token"] {
        let url = scene.request_of(&without_grant)?.with("response_type", response_type).url;
        assert_told(&scene.look(url.as_str(), &[]).await?, "unauthorized_client");
    }
    let tokens = scene.tokens().await?;
    assert!(text(&tokens, "access_token")?.len() > 40, "not to be guessed");
    Ok(())
}
