//! RFC 8252, OAuth 2.0 for Native Apps.

use integration_tests::{login::Authorization, person::Person, settings::Engine, world::World};
use serde_json::json;

use super::{assert_error, assert_shown, scene, sent, text};
use crate::support::on_sqlite;

on_sqlite!(
    an_app_listens_on_whatever_port_it_gets,
    an_app_may_have_a_scheme_of_its_own,
    an_app_is_public_and_proves_its_codes,
    a_remembered_consent_is_not_for_impostors
);

/// 7.3: "The authorization server MUST allow any port to be specified at the time of the request for loopback IP redirect URIs, to
/// accommodate clients that obtain an available ephemeral port from the operating system at the time of the request." The token request
/// names the URI that was used.
async fn an_app_listens_on_whatever_port_it_gets(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client =
        scene.register(json!({ "redirect_uris": ["http://127.0.0.1/callback", "http://[::1]/callback"] })).await?;
    for uri in ["http://127.0.0.1:49813/callback", "http://[::1]:49813/callback", "http://127.0.0.1/callback"] {
        let request = scene.request_of(&client)?.with("redirect_uri", uri);
        let end = scene.sign_in_as(&Person::new()?.ending_at(uri), &request).await?;
        let code = end.parameter("code").unwrap_or_else(|| panic!("{uri}: {}", end.url));
        let exchange = async |uri: &str| {
            let form = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", uri),
                ("code_verifier", request.verifier.as_str()),
                ("client_id", client.as_str()),
            ];
            scene.post("/oauth2/token", &[], &form).await
        };
        assert_error(&exchange("http://127.0.0.1:1/callback").await?, 400, "invalid_grant");
        exchange(uri).await?.expect(200)?;
    }
    // 8.3: "the use of localhost is NOT RECOMMENDED": it is a name like any other, its port counts.
    let named = scene.register(json!({ "redirect_uris": ["http://localhost:5555/callback"] })).await?;
    let request = scene.request_of(&named)?.with("redirect_uri", "http://localhost:5556/callback");
    assert_shown(&scene, &scene.look(request.url.as_str(), &[]).await?, "invalid_request");
    Ok(())
}

/// 7.1: "apps can register [...] private-use URI scheme"; 8.4: "MUST [...] exact"; 7.2: claimed https URIs as those of any web client.
async fn an_app_may_have_a_scheme_of_its_own(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let uri = "com.example.app:/oauth2redirect/example-provider";
    let client = scene.register(json!({ "redirect_uris": [uri, "https://app.example/oauth"] })).await?;
    let request = scene.request_of(&client)?.with("redirect_uri", uri);
    let end = scene.sign_in_as(&Person::new()?.ending_at(uri), &request).await?;
    assert!(end.parameter("code").is_some(), "{}", end.url);
    for other in [
        "com.example.app:/oauth2redirect",
        "com.example.other:/oauth2redirect/example-provider",
        "com.example.app://oauth2redirect/example-provider",
    ] {
        let request = scene.request_of(&client)?.with("redirect_uri", other);
        assert_shown(&scene, &scene.look(request.url.as_str(), &[]).await?, "invalid_request");
    }
    Ok(())
}

/// 6: "Public native app clients MUST implement the PKCE extension [...], and authorization servers MUST support PKCE for such clients"; 8.1:
/// "authorization servers SHOULD reject authorization requests from native apps that don't use PKCE"; 8.5: secrets of apps are no proof.
async fn an_app_is_public_and_proves_its_codes(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.world.client(json!({ "redirect_uris": ["com.example.app:/cb"] })).await?;
    assert!(client.get("client_secret").is_none(), "{client}");
    let id = text(&client, "client_id")?;
    let request = Authorization::new(&scene.world, id, "openid")?.with("redirect_uri", "com.example.app:/cb");
    let bare = request.clone().without("code_challenge").without("code_challenge_method");
    let answer = scene.look(bare.url.as_str(), &[]).await?;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request"), "{:?}", answer.headers);
    let end = scene.sign_in_as(&Person::new()?.ending_at("com.example.app:/cb"), &request).await?;
    let code = end.parameter("code").expect("a code");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "com.example.app:/cb"),
        ("client_id", id),
    ];
    assert_error(&scene.post("/oauth2/token", &[], &form).await?, 400, "invalid_grant");
    Ok(())
}

/// 8.6: "authorization servers [...] SHOULD NOT process authorization requests automatically without user consent or interaction, except
/// when the identity of the client can be assured": a scheme of its own assures nothing.
async fn a_remembered_consent_is_not_for_impostors(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let uri = "com.example.app:/cb";
    let client = scene.register(json!({ "redirect_uris": [uri] })).await?;
    let person = Person::new()?.ending_at(uri).ending_at(integration_tests::login::CALLBACK);
    let request = || scene.request_of(&client).map(|request| request.with("redirect_uri", uri));
    let login = person.open(request()?.url.as_str()).await?;
    let fields = [("identifier", super::EMAIL), ("password", super::PASSWORD)];
    let consent = person.press(&login, ("method", "password"), &fields).await?;
    person.press(&consent, ("action", "accept"), &[("remember", "true")]).await?;
    let again = person.open(request()?.url.as_str()).await?;
    assert!(again.html.contains("consent_challenge"), "consent is asked for again: {}", again.url);
    let silent = person.open(request()?.with("prompt", "none").url.as_str()).await?;
    assert_eq!(silent.parameter("error").as_deref(), Some("consent_required"), "{}", silent.url);
    Ok(())
}
