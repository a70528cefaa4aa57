//! The crate `openidconnect`: every grant and every way to authenticate it knows, and what it must refuse.

use anyhow::{Context as _, ensure};
use integration_tests::{login::CALLBACK, person::plain_client, settings::Engine};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RegistrationUrl,
    Scope, TokenResponse as _,
    core::{
        CoreClient, CoreClientRegistrationRequest, CoreDeviceAuthorizationResponse, CoreIdToken,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
    },
    registration::EmptyAdditionalClientMetadata,
};
use serde_json::{Value, json};
use url::Url;

use super::{open_scene, visitor::Visitor};
use crate::{
    oauth::{EMAIL, SCOPE, Scene, text},
    support::on_both,
};

on_both!(crate_openidconnect);

/// A client as discovery makes it.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn crate_openidconnect(engine: Engine) -> anyhow::Result<()> {
    let scene = open_scene!(engine);
    let party = Party { scene: &scene, visitor: Visitor::new(&scene)? };
    Box::pin(party.codes()).await.context("codes")?;
    Box::pin(party.machines()).await.context("machines")?;
    Box::pin(party.devices()).await.context("devices")?;
    Box::pin(party.front_channel()).await.context("the front channel")?;
    Box::pin(party.signatures()).await.context("signatures")?;
    Box::pin(party.registers_itself()).await.context("registration")?;
    Box::pin(party.keys_follow_one_another()).await.context("keys")?;
    Box::pin(party.tampered()).await.context("what was tampered with")?;
    Box::pin(party.logs_out()).await.context("logout")?;
    scene.world.stop().await;
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

/// What came of a request that a person has agreed to.
struct Back {
    page: Url,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Back {
    fn parameter(&self, name: &str) -> anyhow::Result<String> {
        let fragment = url::form_urlencoded::parse(self.page.fragment().unwrap_or_default().as_bytes());
        let found = self.page.query_pairs().chain(fragment).find(|(key, _)| key == name);
        Ok(found.with_context(|| format!("no {name} in {}", self.page))?.1.into_owned())
    }
}

struct Party<'a> {
    scene: &'a Scene,
    visitor: Visitor<'a>,
}

impl Party<'_> {
    /// A client of the operator's; its registration has the id and, where it has one, the secret.
    async fn register(&self, fields: Value) -> anyhow::Result<Value> {
        self.scene.world.client(fields).await
    }

    async fn metadata(&self) -> anyhow::Result<CoreProviderMetadata> {
        let issuer = IssuerUrl::new(self.scene.world.places.issuer())?;
        Ok(CoreProviderMetadata::discover_async(issuer, &send).await?)
    }

    /// The crate, told of a client. The keys of this moment are the ones it believes.
    async fn known(&self, registered: &Value) -> anyhow::Result<Client> {
        let id = ClientId::new(text(registered, "client_id")?.to_owned());
        let secret = registered["client_secret"].as_str().map(|secret| ClientSecret::new(secret.to_owned()));
        let client = CoreClient::from_provider_metadata(self.metadata().await?, id, secret)
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned())?);
        let by_form = registered["token_endpoint_auth_method"] == "client_secret_post";
        Ok(client.set_auth_type(if by_form { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }

    async fn ask(&self, client: &Client, flow: AuthenticationFlow<CoreResponseType>) -> anyhow::Result<Back> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = SCOPE.split(' ').filter(|scope| *scope != "openid").map(|scope| Scope::new(scope.to_owned()));
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let came = self.visitor.answer(&json!({ "open": url })).await?;
        let back = Back { page: text(&came, "url")?.parse()?, nonce, verifier };
        ensure!(back.parameter("state")? == *state.secret(), "another state in {}", back.page);
        Ok(back)
    }

    async fn redeem(&self, client: &Client, back: Back) -> anyhow::Result<(CoreTokenResponse, Nonce)> {
        let code = AuthorizationCode::new(back.parameter("code")?);
        let request = client.exchange_code(code)?.set_pkce_verifier(back.verifier);
        Ok((request.request_async(&send).await?, back.nonce))
    }

    /// A whole login. Signature, issuer, audience, expiry and nonce are the crate's to check.
    async fn sign_in(&self, client: &Client) -> anyhow::Result<(CoreTokenResponse, Nonce)> {
        let back = self.ask(client, AuthenticationFlow::AuthorizationCode).await?;
        let (tokens, nonce) = self.redeem(client, back).await?;
        self.is_hers(client, tokens.id_token().context("an ID token")?, &nonce)?;
        self.person(client, &tokens, false).await?;
        Ok((tokens, nonce))
    }

    fn is_hers(&self, client: &Client, token: &CoreIdToken, nonce: &Nonce) -> anyhow::Result<()> {
        // The crate believes RS256 alone unless it is told otherwise.
        let claims = token.claims(&client.id_token_verifier().allow_any_alg(), nonce)?;
        ensure!(claims.subject().as_str() == self.scene.subject, "another subject in {claims:?}");
        Ok(())
    }

    async fn person(&self, client: &Client, tokens: &CoreTokenResponse, signed: bool) -> anyhow::Result<()> {
        let request = client.user_info(tokens.access_token().clone(), None)?.require_signed_response(signed);
        let person: CoreUserInfoClaims = request.request_async(&send).await?;
        ensure!(json!([person.subject(), person.email()]) == json!([self.scene.subject, EMAIL]), "{person:?}");
        Ok(())
    }

    async fn refresh(&self, client: &Client, tokens: &CoreTokenResponse) -> anyhow::Result<()> {
        let old = tokens.refresh_token().context("a refresh token")?;
        let fresh = client.exchange_refresh_token(old)?.request_async(&send).await?;
        self.person(client, &fresh, false).await?;
        let newest = fresh.refresh_token().context("another refresh token")?;
        ensure!(newest.secret() != old.secret(), "the refresh token stays the same");
        // Who brings the old one again has stolen it, or has been stolen from.
        let again = client.exchange_refresh_token(old)?.request_async(&send).await;
        refused(again, "invalid_grant")
    }

    async fn codes(&self) -> anyhow::Result<()> {
        for method in ["none", "client_secret_basic", "client_secret_post"] {
            let client = self.known(&self.register(json!({ "token_endpoint_auth_method": method })).await?).await?;
            let (tokens, _) = self.sign_in(&client).await.with_context(|| method.to_owned())?;
            self.refresh(&client, &tokens).await.with_context(|| method.to_owned())?;
        }
        Ok(())
    }

    async fn machines(&self) -> anyhow::Result<()> {
        for method in ["client_secret_basic", "client_secret_post"] {
            let fields =
                json!({ "token_endpoint_auth_method": method, "grant_types": ["client_credentials"], "scope": "read" });
            let client = self.known(&self.register(fields).await?).await?;
            let request = client.exchange_client_credentials()?.add_scope(Scope::new("read".to_owned()));
            let tokens = request.request_async(&send).await?;
            let seen = self.scene.world.introspect(tokens.access_token().secret()).await?;
            ensure!(seen["active"] == true && seen["scope"] == "read", "{method}: {seen}");
            let thief = client.set_client_secret(ClientSecret::new("another".to_owned()));
            refused(thief.exchange_client_credentials()?.request_async(&send).await, "invalid_client")?;
        }
        Ok(())
    }

    async fn devices(&self) -> anyhow::Result<()> {
        for method in ["none", "client_secret_basic"] {
            let fields = json!({ "token_endpoint_auth_method": method, "grant_types": [DEVICE, "refresh_token"] });
            let client = self.known(&self.register(fields).await?).await?;
            let url = DeviceAuthorizationUrl::new(self.scene.world.oauth_url("/oauth2/device/auth"))?;
            let device = client.clone().set_device_authorization_url(url);
            let scopes = ["openid", "offline_access", "email"].map(|scope| Scope::new(scope.to_owned()));
            let begun: CoreDeviceAuthorizationResponse =
                device.exchange_device_code().add_scopes(scopes).request_async(&send).await?;
            let address = begun.verification_uri_complete().context("a complete address")?.secret();
            let code = begun.user_code().secret();
            self.visitor.answer(&json!({ "device": address, "code": code })).await?;
            let polling = device.exchange_device_access_token(&begun)?;
            let tokens = polling.request_async(&send, tokio::time::sleep, None).await?;
            self.person(&client, &tokens, false).await?;
            self.refresh(&client, &tokens).await?;
        }
        Ok(())
    }

    async fn front_channel(&self) -> anyhow::Result<()> {
        let fields = json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "response_types": ["id_token", "id_token token", "code id_token"],
            "grant_types": ["authorization_code", "implicit", "refresh_token"],
        });
        let client = self.known(&self.register(fields).await?).await?;
        let hybrid = AuthenticationFlow::Hybrid(vec![CoreResponseType::Code, CoreResponseType::IdToken]);
        for flow in [AuthenticationFlow::Implicit(false), AuthenticationFlow::Implicit(true), hybrid] {
            let codes = matches!(flow, AuthenticationFlow::Hybrid(_));
            let back = self.ask(&client, flow).await?;
            let token: CoreIdToken = back.parameter("id_token")?.parse()?;
            self.is_hers(&client, &token, &back.nonce)?;
            if codes {
                let (tokens, nonce) = self.redeem(&client, back).await?;
                self.is_hers(&client, tokens.id_token().context("an ID token")?, &nonce)?;
            }
        }
        Ok(())
    }

    async fn signatures(&self) -> anyhow::Result<()> {
        for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
            let registered = self
                .register(json!({ "id_token_signed_response_alg": alg, "userinfo_signed_response_alg": "RS256" }))
                .await?;
            let first = self.known(&registered).await?;
            let back = self.ask(&first, AuthenticationFlow::AuthorizationCode).await?;
            let (tokens, nonce) = self.redeem(&first, back).await?;
            // The key may have been made for this very signature.
            let client = self.known(&registered).await?;
            let token = tokens.id_token().context("an ID token")?;
            self.is_hers(&client, token, &nonce).with_context(|| alg.to_owned())?;
            ensure!(json!(token.signing_alg()?) == alg, "{alg}: {token:?}");
            self.person(&client, &tokens, true).await.with_context(|| alg.to_owned())?;
        }
        Ok(())
    }

    async fn registers_itself(&self) -> anyhow::Result<()> {
        let redirect = RedirectUrl::new(CALLBACK.to_owned())?;
        let url = RegistrationUrl::new(self.scene.world.oauth_url("/oauth2/register"))?;
        let request = CoreClientRegistrationRequest::new(vec![redirect], EmptyAdditionalClientMetadata {});
        let made = request.register_async(&url, &send).await?;
        let secret = made.client_secret().context("a secret")?.secret();
        let client = self.known(&json!({ "client_id": made.client_id(), "client_secret": secret })).await?;
        let back = self.ask_for_openid(&client).await?;
        let (tokens, nonce) = self.redeem(&client, back).await?;
        self.is_hers(&client, tokens.id_token().context("an ID token")?, &nonce)
    }

    /// Who registers without saying for which scopes has none but these.
    async fn ask_for_openid(&self, client: &Client) -> anyhow::Result<Back> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (url, _, nonce) = request.set_pkce_challenge(challenge).url();
        let came = self.visitor.answer(&json!({ "open": url })).await?;
        Ok(Back { page: text(&came, "url")?.parse()?, nonce, verifier })
    }

    async fn keys_follow_one_another(&self) -> anyhow::Result<()> {
        let registered = self.register(json!({})).await?;
        let (before, nonce) = self.sign_in(&self.known(&registered).await?).await?;
        let key = json!({ "alg": "RS256", "use": "sig", "kid": "the following key" });
        self.scene.world.oauth_admin("POST", "/admin/keys/hydra.openid.id-token", Some(&key)).await?.expect(201)?;
        let client = self.known(&registered).await?;
        let (after, _) = self.sign_in(&client).await?;
        self.is_hers(&client, before.id_token().context("an ID token")?, &nonce)?;
        let verifier = client.id_token_verifier();
        let kid = after.id_token().context("an ID token")?.signing_key(&verifier)?;
        ensure!(json!(kid)["kid"] == "the following key", "{kid:?}");
        Ok(())
    }

    /// What the server did not say is refused.
    async fn tampered(&self) -> anyhow::Result<()> {
        let registered = self.register(json!({})).await?;
        let client = self.known(&registered).await?;
        let issuer = IssuerUrl::new(self.scene.world.places.oauth())?;
        refused(CoreProviderMetadata::discover_async(issuer, &send).await, "issuer")?;
        let mut back = self.ask(&client, AuthenticationFlow::AuthorizationCode).await?;
        back.verifier = PkceCodeChallenge::new_random_sha256().1;
        refused(self.redeem(&client, back).await, "invalid_grant")?;

        let (tokens, nonce) = self.sign_in(&client).await?;
        let token = tokens.id_token().context("an ID token")?;
        let other = Nonce::new_random();
        refused(token.claims(&client.id_token_verifier(), &other), "nonce")?;
        let by_es256 = client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256]);
        refused(token.claims(&by_es256, &nonce), "algorithm")?;
        let somebody = self.known(&self.register(json!({})).await?).await?;
        refused(token.claims(&somebody.id_token_verifier(), &nonce), "audience")?;
        let forged: CoreIdToken = swapped(&token.to_string())?.parse()?;
        refused(forged.claims(&client.id_token_verifier(), &nonce), "ignature")
    }

    async fn logs_out(&self) -> anyhow::Result<()> {
        let bye = CALLBACK.replace("callback", "bye");
        let client = self.known(&self.register(json!({ "post_logout_redirect_uris": [bye] })).await?).await?;
        let (tokens, _) = self.sign_in(&client).await?;
        let end = openidconnect::EndSessionUrl::new(self.scene.world.oauth_url("/oauth2/sessions/logout"))?;
        let url = LogoutRequest::from(end)
            .set_id_token_hint(tokens.id_token().context("an ID token")?)
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(bye.clone())?)
            .set_state(CsrfToken::new("a-state-of-ours".to_owned()))
            .http_get_url();
        let came = self.visitor.answer(&json!({ "logout": url })).await?;
        ensure!(came["url"] == format!("{bye}?state=a-state-of-ours"), "{came}");
        Ok(())
    }
}

/// The crate must refuse, and say why.
fn refused<T, E: std::fmt::Debug>(outcome: Result<T, E>, about: &str) -> anyhow::Result<()> {
    let Err(error) = outcome else { anyhow::bail!("accepted, in spite of its {about}") };
    let said = format!("{error:?}");
    ensure!(said.to_lowercase().contains(&about.to_lowercase()), "refused, but not for {about}: {said}");
    Ok(())
}

/// The token with its signature turned round.
fn swapped(token: &str) -> anyhow::Result<String> {
    let (message, signature) = token.rsplit_once('.').context("a token")?;
    Ok(format!("{message}.{}", signature.chars().rev().collect::<String>()))
}
