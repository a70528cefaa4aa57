//! The client's side of an OAuth2 login: what it sends the browser away with, and what it sends for the code.

use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use serde_json::Value;
use url::Url;

use crate::{
    person::{Answer, Page, Person},
    world::World,
};

/// The callback of the clients of these tests. Nothing listens there: people stop before it.
pub const CALLBACK: &str = "http://127.0.0.1:5555/callback";

/// One authorization request with what the client must remember of it.
#[derive(Debug, Clone)]
pub struct Authorization {
    pub url: Url,
    pub client_id: String,
    pub verifier: String,
    pub state: String,
    pub nonce: String,
}

impl Authorization {
    /// A code request with PKCE S256, state and nonce.
    pub fn new(world: &World, client_id: &str, scope: &str) -> anyhow::Result<Self> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new_random().secret().clone();
        let nonce = Nonce::new_random().secret().clone();
        let url = Url::parse_with_params(
            &world.oauth_url("/oauth2/auth"),
            [
                ("response_type", "code"),
                ("client_id", client_id),
                ("redirect_uri", CALLBACK),
                ("scope", scope),
                ("state", &state),
                ("nonce", &nonce),
                ("code_challenge", challenge.as_str()),
                ("code_challenge_method", "S256"),
            ],
        )?;
        Ok(Self { url, client_id: client_id.to_owned(), verifier: verifier.secret().clone(), state, nonce })
    }

    /// The same request with one parameter more, or another value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let mut pairs: Vec<(String, String)> = self
            .url
            .query_pairs()
            .filter(|(key, _)| key != name)
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        pairs.push((name.to_owned(), value.to_owned()));
        self.url.query_pairs_mut().clear().extend_pairs(pairs);
        self
    }

    /// The same request without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        let pairs: Vec<(String, String)> = self
            .url
            .query_pairs()
            .filter(|(key, _)| key != name)
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        self.url.query_pairs_mut().clear().extend_pairs(pairs);
        self
    }

    /// Exchanges a code as a public client.
    pub async fn exchange(&self, world: &World, code: &str) -> anyhow::Result<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", self.verifier.as_str()),
            ("client_id", self.client_id.as_str()),
        ];
        world.post_form("/oauth2/token", None, &form).await
    }
}

/// Someone who stops at the callback.
pub fn person() -> anyhow::Result<Person> {
    Ok(Person::new()?.ending_at(CALLBACK))
}

/// From the login page to the callback: credentials, then consent to everything asked for.
pub async fn sign_in(person: &Person, start: &Url, email: &str, password: &str) -> anyhow::Result<Page> {
    let login = person.open(start.as_str()).await?;
    let consent =
        person.press(&login, ("method", "password"), &[("identifier", email), ("password", password)]).await?;
    if consent.url.as_str().starts_with(CALLBACK) {
        return Ok(consent);
    }
    consent_to_all(person, &consent).await
}

/// Presses the button of the consent page that allows what is asked for.
pub async fn consent_to_all(person: &Person, page: &Page) -> anyhow::Result<Page> {
    person.press(page, ("action", "accept"), &[]).await
}

/// A whole login of an identity at a public client: the token answer.
pub async fn tokens(world: &World, client_id: &str, email: &str, password: &str) -> anyhow::Result<Value> {
    let authorization = Authorization::new(world, client_id, "openid offline_access profile email")?;
    let person = person()?;
    let end = sign_in(&person, &authorization.url, email, password).await?;
    let code = end
        .parameter("code")
        .ok_or_else(|| anyhow::anyhow!("no code at {} ({})\n{}", end.url, end.status, end.html))?;
    authorization.exchange(world, &code).await?.expect(200)
}

/// Exchanges a refresh token as a public client.
pub async fn refresh(world: &World, client_id: &str, refresh_token: &str) -> anyhow::Result<Answer> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", client_id)];
    world.post_form("/oauth2/token", None, &form).await
}

/// The claims of a JWT, its signature not looked at.
pub fn claims(jwt: &str) -> anyhow::Result<Value> {
    use anyhow::Context as _;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = jwt.split('.').nth(1).with_context(|| format!("not a JWT: {jwt}"))?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}
