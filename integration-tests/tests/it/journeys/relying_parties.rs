//! Clients nobody here wrote complete the code flow with PKCE: `openid-client`, `Authlib` and the crate `openidconnect`.

use anyhow::Context as _;
use integration_tests::{
    login::{self, CALLBACK},
    person::plain_client,
    relying_party::{Library, Registration, RelyingParty},
    settings::Engine,
    world::World,
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims},
};
use serde_json::json;

use crate::{
    oauth::{EMAIL, PASSWORD, SCOPE, Scene, scene},
    support::on_both,
};

on_both!(npm_openid_client, pypi_authlib, crate_openidconnect);

async fn npm_openid_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    child(&scene, Library::OpenidClient).await?;
    scene.world.stop().await;
    Ok(())
}

async fn pypi_authlib(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    child(&scene, Library::Authlib).await?;
    scene.world.stop().await;
    Ok(())
}

/// As a public client, then as a confidential one.
async fn child(scene: &Scene, library: Library) -> anyhow::Result<()> {
    let (confidential, secret) = scene.confidential().await?;
    let issuer = scene.world.places.issuer();
    for (client_id, client_secret) in [(scene.client_id.as_str(), ""), (confidential.as_str(), secret.as_str())] {
        let registration =
            Registration { issuer: &issuer, client_id, client_secret, redirect_uri: CALLBACK, scope: SCOPE };
        let (party, open) = RelyingParty::start(library, registration).await?;
        let end = login::sign_in(&login::person()?, &open.parse()?, EMAIL, PASSWORD).await?;
        let learned = party.finish(end.url.as_str()).await?;
        assert_eq!(learned["claims"]["sub"], scene.subject.as_str(), "{learned}");
        assert_eq!(learned["claims"]["role"], "buyer", "{learned}");
        assert_eq!(learned["userinfo"]["email"], EMAIL, "{learned}");
        assert_eq!(learned["again"]["sub"], scene.subject.as_str(), "{learned}");
        assert_eq!(learned["rotated"], true, "{learned}");
        assert_eq!(learned["after_revocation"], "invalid_grant", "{learned}");
    }
    Ok(())
}

/// The HTTP client the crate is lent.
async fn send(request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    let client = plain_client().map_err(std::io::Error::other)?;
    let request: reqwest::Request = request.try_into().map_err(std::io::Error::other)?;
    let answer = client.execute(request).await.map_err(std::io::Error::other)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await.map_err(std::io::Error::other)?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

async fn crate_openidconnect(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (client_id, secret) = scene.confidential().await?;
    let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new(scene.world.places.issuer())?, &send).await?;
    let client =
        CoreClient::from_provider_metadata(metadata, ClientId::new(client_id), Some(ClientSecret::new(secret)))
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned())?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let scopes = SCOPE.split(' ').filter(|scope| *scope != "openid").map(|scope| Scope::new(scope.to_owned()));
    let (url, state, nonce) = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scopes(scopes)
        .set_pkce_challenge(challenge)
        .url();
    let end = login::sign_in(&login::person()?, &url, EMAIL, PASSWORD).await?;
    assert_eq!(end.parameter("state").as_ref(), Some(state.secret()));
    let code = AuthorizationCode::new(end.parameter("code").context("a code")?);
    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier).request_async(&send).await?;
    // Signature, issuer, audience, expiry and nonce are the crate's to check.
    let claims = tokens.id_token().context("an ID token")?.claims(&client.id_token_verifier(), &nonce)?;
    assert_eq!(claims.subject().as_str(), scene.subject);
    let userinfo: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?.request_async(&send).await?;
    assert_eq!(json!(userinfo.email()), json!(EMAIL));
    let again =
        client.exchange_refresh_token(tokens.refresh_token().context("a refresh token")?)?.request_async(&send).await?;
    assert_ne!(again.access_token().secret(), tokens.access_token().secret());
    scene.world.stop().await;
    Ok(())
}
