//! Addresses that come from clients do not lead the server into its own network (4.11 and RFC 9101 10.4.1, RFC 7591 5, OpenID Connect
//! Registration 9).

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::super::{
    ASSERTION, Scene,
    keys::{ClientKey, now, random},
    scene, sent,
    site::Site,
    text,
};
use crate::support::on_sqlite;

on_sqlite!(
    keys_and_requests_are_not_fetched_from_within,
    a_sector_is_not_read_from_within,
    logouts_are_not_told_within,
    redirects_of_a_client_are_not_followed,
    a_client_cannot_flood_the_server,
);

fn guarded(excepted: &[String]) -> Value {
    json!({ "clients": { "http": { "disallow_private_ip_ranges": true, "private_ip_exception_urls": excepted } } })
}

/// Names of a service on this machine and in the network behind it.
fn inside(site: &Site, path: &str) -> Vec<String> {
    let port = site.port();
    let here = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "127.255.255.254",
        "LOCALHOST",
        "localhost.",
        "sub.localhost",
    ];
    let there =
        ["169.254.169.254", "10.255.255.1", "192.168.255.1", "172.16.255.1", "100.64.0.1", "[fd00::1]", "[fe80::1]"];
    here.into_iter().chain(there).map(|host| format!("http://{host}:{port}{path}")).collect()
}

/// A client whose keys are said to be at this address tries to authenticate; `None` where it cannot even register.
async fn by_keys_at(scene: &Scene, key: &ClientKey, address: &str) -> anyhow::Result<Option<u16>> {
    let body = json!({
        "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": address,
        "token_endpoint_auth_signing_alg": "ES256",
    });
    let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
    if answer.status == 400 {
        return Ok(None);
    }
    let client = answer.expect(201)?;
    let assertion = key.assertion(text(&client, "client_id")?, &scene.world.places.issuer(), &json!({}));
    let form =
        [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION), ("client_assertion", &assertion)];
    Ok(Some(scene.post("/oauth2/token", &[], &form).await?.status))
}

/// RFC 9101 10.4.1: "an attacker can make the authorization server [access] an arbitrary URI"; the same holds of jwks_uri.
async fn keys_and_requests_are_not_fetched_from_within(engine: Engine) -> anyhow::Result<()> {
    let (site, key) = (Site::start()?, ClientKey::es256());
    site.put("/jwks", &key.jwks().to_string());
    site.put("/allowed", &key.jwks().to_string());
    let scene = scene!(World::on(engine).oauth(guarded(&[site.url("/allowed")])));
    // The same keys at an address the operator has excepted are found.
    assert_eq!(by_keys_at(&scene, &key, &site.url("/allowed")).await?, Some(200));
    for address in inside(&site, "/jwks") {
        assert_ne!(by_keys_at(&scene, &key, &address).await?, Some(200), "{address}");
    }
    for address in inside(&site, "/object") {
        let body = json!({ "request_uris": [address], "redirect_uris": [integration_tests::login::CALLBACK],
            "token_endpoint_auth_method": "none" });
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        if answer.status == 400 {
            continue;
        }
        let client = answer.expect(201)?;
        let url = scene.request_of(text(&client, "client_id")?)?.with("request_uri", &address).url;
        let answer = scene.look(url.as_str(), &[]).await?;
        assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request_uri"), "{address}");
    }
    assert_eq!(site.asked(), ["/allowed"]);
    Ok(())
}

/// OpenID Connect Registration 5: the sector identifier is fetched by the server when a client registers.
async fn a_sector_is_not_read_from_within(engine: Engine) -> anyhow::Result<()> {
    let site = Site::start()?;
    let scene = scene!(World::on(engine).oauth(guarded(&[])));
    for address in inside(&site, "/sector") {
        for address in [address.clone(), address.replacen("http", "https", 1)] {
            let body = json!({ "sector_identifier_uri": address, "redirect_uris": ["https://app.example/cb"] });
            let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
            assert_eq!(answer.status, 400, "{address}: {}", answer.body);
            assert_eq!(text(&answer.json()?, "error")?, "invalid_client_metadata", "{address}");
        }
    }
    assert_eq!(site.visits(), 0);
    Ok(())
}

/// Back-Channel Logout 1.0, 2.5: the server posts to addresses of its clients.
async fn logouts_are_not_told_within(engine: Engine) -> anyhow::Result<()> {
    let site = Site::start()?;
    let scene = scene!(World::on(engine).oauth(guarded(&[site.url("/allowed")])));
    let person = integration_tests::login::person()?;
    for address in [site.url("/logout"), site.url("/allowed")] {
        let client = scene.register(json!({ "backchannel_logout_uri": address })).await?;
        let page = person.open(scene.request_of(&client)?.url.as_str()).await?;
        if page.html.contains("name=\"password\"") {
            scene.sign_in_as(&person, &scene.request_of(&client)?).await?;
        } else if !page.url.as_str().starts_with(integration_tests::login::CALLBACK) {
            integration_tests::login::consent_to_all(&person, &page).await?;
        }
    }
    let path = format!("/admin/oauth2/auth/sessions/consent?subject={}", scene.subject);
    let consents = scene.world.oauth_admin("GET", &path, None).await?.expect(200)?;
    let sid = text(&consents[0]["consent_request"], "login_session_id")?.to_owned();
    let path = format!("/admin/oauth2/auth/sessions/login?sid={sid}");
    scene.world.oauth_admin("DELETE", &path, None).await?.expect(204)?;
    assert!(site.told("/allowed").await.starts_with("logout_token="));
    assert_eq!(site.bodies("/logout").len(), 0);
    Ok(())
}

/// A redirect would lead around every check of an address.
async fn redirects_of_a_client_are_not_followed(engine: Engine) -> anyhow::Result<()> {
    let (site, key) = (Site::start()?, ClientKey::es256());
    let scene = scene!(World::on(engine));
    site.put("/jwks", &key.jwks().to_string());
    assert_eq!(by_keys_at(&scene, &key, &site.url("/jwks")).await?, Some(200));
    site.redirect("/moved", &site.url("/elsewhere"));
    assert_eq!(by_keys_at(&scene, &key, &site.url("/moved")).await?, Some(401));
    let moved = site.url("/moved");
    let client = scene.register(json!({ "request_uris": [moved] })).await?;
    let url = scene.request_of(&client)?.with("request_uri", &moved).url;
    assert_eq!(sent(&scene.look(url.as_str(), &[]).await?, "error").as_deref(), Some("invalid_request_uri"));
    assert!(!site.asked().contains(&"/elsewhere".to_owned()), "{:?}", site.asked());
    Ok(())
}

/// RFC 9101 10.4.1: the server [should] limit what it reads; unregistered addresses are not even tried.
async fn a_client_cannot_flood_the_server(engine: Engine) -> anyhow::Result<()> {
    let (site, key) = (Site::start()?, ClientKey::es256());
    let scene = scene!(World::on(engine));
    let (large, strange) = (site.url("/large"), site.url("/strange"));
    site.put("/large", &"x".repeat(1 << 20));
    let client = scene.register(json!({ "request_uris": [large], "jwks": key.jwks() })).await?;
    for (address, code) in [(&large, "invalid_request_uri"), (&strange, "invalid_request_uri")] {
        let url = scene.request_of(&client)?.with("request_uri", address).url;
        assert_eq!(sent(&scene.look(url.as_str(), &[]).await?, "error").as_deref(), Some(code), "{address}");
    }
    assert_eq!(site.asked(), ["/large"]);
    // An object that names another address is not followed either.
    let claims = json!({ "iss": client, "aud": scene.world.places.issuer(), "exp": now() + 60, "jti": random(), "request_uri": strange });
    let url = scene.request_of(&client)?.with("request", &key.sign(&json!({}), &claims)).url;
    assert_eq!(sent(&scene.look(url.as_str(), &[]).await?, "error").as_deref(), Some("invalid_request_object"));
    assert_eq!(site.asked(), ["/large"]);
    Ok(())
}
