//! RFC 8707, Resource Indicators for OAuth 2.0.

use integration_tests::{login::Authorization, settings::Engine, world::World};
use serde_json::{Value, json};

use super::{Scene, assert_error, assert_told, basic, keys::part, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    a_token_is_for_the_resources_asked_for,
    a_token_may_be_for_one_of_several,
    resources_that_cannot_be_are_refused
);

const A: &str = "https://a.example/api";
const B: &str = "https://b.example/api";

async fn client(scene: &Scene) -> anyhow::Result<String> {
    scene.register(json!({ "audience": [A, B], "access_token_strategy": "jwt" })).await
}

/// A request for several resources: the parameter may be repeated.
fn asking(scene: &Scene, client: &str, resources: &[&str]) -> anyhow::Result<Authorization> {
    let mut request = scene.request_of(client)?;
    for resource in resources {
        request.url.query_pairs_mut().append_pair("resource", resource);
    }
    Ok(request)
}

fn audience(tokens: &Value) -> anyhow::Result<Value> {
    Ok(part(text(tokens, "access_token")?, 1)["aud"].clone())
}

/// 2: "the authorization server [...] SHOULD audience-restrict issued access tokens to the resource(s) indicated by the resource parameter";
/// "multiple resource parameters MAY be used".
async fn a_token_is_for_the_resources_asked_for(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    for resources in [vec![A], vec![A, B]] {
        let request = asking(&scene, &client, &resources)?;
        let code = scene.code(&request).await?;
        let tokens = scene.exchange(&request, &code, &[], &[]).await?.expect(200)?;
        assert_eq!(audience(&tokens)?, json!(resources));
        assert_eq!(scene.world.introspect(text(&tokens, "access_token")?).await?["aud"], json!(resources));
    }
    let (id, secret) = scene.confidential_with(json!({ "audience": [A], "access_token_strategy": "jwt" })).await?;
    let form = [("grant_type", "client_credentials"), ("resource", A)];
    let tokens = scene.post("/oauth2/token", &[("authorization", &basic(&id, &secret))], &form).await?.expect(200)?;
    assert_eq!(audience(&tokens)?, json!([A]));
    Ok(())
}

/// 2.2: "the resource parameter of a token request [...] for a code or a refresh token [...] MUST be equal to or a subset of the resources
/// originally granted": a token for one of them, and the grant stays whole.
async fn a_token_may_be_for_one_of_several(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    let request = asking(&scene, &client, &[A, B])?;
    let code = scene.code(&request).await?;
    let first = scene.exchange(&request, &code, &[], &[("resource", A)]).await?.expect(200)?;
    assert_eq!(audience(&first)?, json!([A]));
    let refresh = async |token: &str, resource: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", client.as_str()),
            ("resource", resource),
        ];
        scene.post("/oauth2/token", &[], &form).await
    };
    let token = text(&first, "refresh_token")?;
    assert_error(&refresh(token, "https://c.example/api").await?, 400, "invalid_target");
    let second = refresh(token, B).await?.expect(200)?;
    assert_eq!(audience(&second)?, json!([B]));
    // Of what was not granted, nothing.
    let narrow = asking(&scene, &client, &[A])?;
    let code = scene.code(&narrow).await?;
    assert_error(&scene.exchange(&narrow, &code, &[], &[("resource", B)]).await?, 400, "invalid_target");
    Ok(())
}

/// 2: "Its value MUST be an absolute URI [...]. The URI MUST NOT include a fragment component"; "invalid_target: The requested resource is
/// invalid, missing, unknown, or malformed".
async fn resources_that_cannot_be_are_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = client(&scene).await?;
    for resource in
        ["/api", "a.example/api", "https://a.example/api#x", "https://c.example/", "https://a.example/apix", "urn:"]
    {
        let request = asking(&scene, &client, &[resource])?;
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "invalid_target");
        let mixed = asking(&scene, &client, &[A, resource])?;
        assert_told(&scene.look(mixed.url.as_str(), &[]).await?, "invalid_target");
    }
    Ok(())
}
