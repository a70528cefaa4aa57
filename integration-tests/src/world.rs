//! Both services in this process, wired to each other, on databases of their own. What it started, it stops.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use shared_types::{
    entropy::SystemEntropy,
    testing::{TempDatabase, TestClock},
    time::{Clock, SystemClock},
};

use crate::{
    binary,
    mailbox::Mailbox,
    person::{self, Answer},
    settings::{Engine, Places, loopback, merge},
};

/// Both services running.
pub struct World {
    pub places: Places,
    pub mailbox: Mailbox,
    /// Time for both services, where the test asked to move it.
    pub clock: Option<TestClock>,
    http: reqwest::Client,
    identity: Option<identity_service::app::Running>,
    oauth: Option<oauth_service::app::Running>,
    _databases: [TempDatabase; 2],
}

/// What a test wants to be different.
pub struct Setup {
    engine: Engine,
    host: &'static str,
    oauth_scheme: &'static str,
    clock: Option<TestClock>,
    identity: Vec<Value>,
    oauth: Vec<Value>,
}

impl World {
    pub fn on(engine: Engine) -> Setup {
        Setup { engine, host: "127.0.0.1", oauth_scheme: "http", clock: None, identity: Vec::new(), oauth: Vec::new() }
    }

    pub fn identity_url(&self, path: &str) -> String {
        format!("{}{path}", self.places.identity())
    }

    pub fn oauth_url(&self, path: &str) -> String {
        format!("{}{path}", self.places.oauth())
    }

    /// One request to identity-service's admin API, with its key.
    pub async fn identity_admin(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", loopback(self.places.identity_admin));
        self.admin(method, &url, &self.places.identity_key, body).await
    }

    /// One request to oauth-service's admin API, with its key.
    pub async fn oauth_admin(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", loopback(self.places.oauth_admin));
        self.admin(method, &url, &self.places.oauth_key, body).await
    }

    /// `POST /admin/oauth2/introspect`.
    pub async fn introspect(&self, token: &str) -> anyhow::Result<Value> {
        let url = format!("{}/admin/oauth2/introspect", loopback(self.places.oauth_admin));
        let request = self.http.post(url).bearer_auth(&self.places.oauth_key).form(&[("token", token)]);
        Answer::read(request.send().await?).await?.expect(200)
    }

    /// A form to oauth-service's public port, with HTTP Basic credentials when a client has some.
    pub async fn post_form(
        &self,
        path: &str,
        client: Option<(&str, &str)>,
        form: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let mut request = self.http.post(self.oauth_url(path)).form(form);
        if let Some((id, secret)) = client {
            request = request.basic_auth(id, Some(secret));
        }
        Answer::read(request.send().await?).await
    }

    /// `GET /userinfo` with this access token.
    pub async fn userinfo(&self, access_token: &str) -> anyhow::Result<Answer> {
        let request = self.http.get(self.oauth_url("/userinfo")).bearer_auth(access_token);
        Answer::read(request.send().await?).await
    }

    /// Creates a client through the admin API and answers it with its secret.
    pub async fn client(&self, fields: Value) -> anyhow::Result<Value> {
        let mut client = json!({
            "redirect_uris": ["http://127.0.0.1:5555/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid offline_access profile email",
            "token_endpoint_auth_method": "none",
        });
        merge(&mut client, fields);
        self.oauth_admin("POST", "/admin/clients", Some(&client)).await?.expect(201)
    }

    /// Creates an identity that can sign in: a partner with a verified address and this password.
    pub async fn identity(&self, email: &str, password: &str, traits: Value) -> anyhow::Result<Value> {
        let mut person = json!({ "email": email, "name": "Ada Lovelace" });
        merge(&mut person, traits);
        let body = json!({
            "schema_id": "default",
            "traits": person,
            "credentials": { "password": { "config": { "password": password } } },
            "verifiable_addresses": [{ "value": email, "via": "email", "verified": true, "status": "completed" }],
        });
        self.identity_admin("POST", "/admin/identities", Some(&body)).await?.expect(201)
    }

    /// Stops both services the way an operator does, waiting for what is under way.
    pub async fn stop(mut self) {
        if let Some(running) = self.oauth.take() {
            running.stop().await;
        }
        if let Some(running) = self.identity.take() {
            running.stop().await;
        }
    }

    async fn admin(&self, method: &str, url: &str, key: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let mut request = self.http.request(method.parse()?, url).bearer_auth(key);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await?).await
    }
}

impl Setup {
    /// identity-service is reached as `localhost`, a domain.
    #[must_use]
    pub fn at_localhost(mut self) -> Self {
        self.host = "localhost";
        self
    }

    /// oauth-service speaks TLS on its public port, once it has been configured to.
    #[must_use]
    pub fn oauth_by_tls(mut self) -> Self {
        self.oauth_scheme = "https";
        self
    }

    /// Both services take their time from this clock.
    #[must_use]
    pub fn clock(mut self, clock: &TestClock) -> Self {
        self.clock = Some(clock.clone());
        self
    }

    /// Changes identity-service's configuration (RFC 7396).
    #[must_use]
    pub fn identity(mut self, patch: Value) -> Self {
        self.identity.push(patch);
        self
    }

    /// Changes oauth-service's configuration (RFC 7396).
    #[must_use]
    pub fn oauth(mut self, patch: Value) -> Self {
        self.oauth.push(patch);
        self
    }

    /// Starts both; `None` where the engine is not to be had on this machine.
    pub async fn start(self) -> anyhow::Result<Option<World>> {
        let (Some(of_identity), Some(of_oauth)) = (self.engine.database(), self.engine.database()) else {
            return Ok(None);
        };
        let places = Places { host: self.host, oauth_scheme: self.oauth_scheme, ..Places::draw()? };
        let mailbox = Mailbox::start().await?;
        let mut identity = places.identity_settings(&of_identity.dsn(), Some(&mailbox.uri()));
        self.identity.into_iter().for_each(|patch| merge(&mut identity, patch));
        let mut oauth = places.oauth_settings(&of_oauth.dsn());
        self.oauth.into_iter().for_each(|patch| merge(&mut oauth, patch));
        let clock: Arc<dyn Clock> = match &self.clock {
            Some(clock) => Arc::new(clock.clone()),
            None => Arc::new(SystemClock),
        };
        let identity = start_identity(identity, clock.clone()).await?;
        let oauth = start_oauth(oauth, clock).await?;
        Ok(Some(World {
            places,
            mailbox,
            clock: self.clock,
            http: person::plain_client()?,
            identity: Some(identity),
            oauth: Some(oauth),
            _databases: [of_identity, of_oauth],
        }))
    }
}

async fn start_identity(settings: Value, clock: Arc<dyn Clock>) -> anyhow::Result<identity_service::app::Running> {
    use identity_service::{
        app::{App, Seams},
        config::Config,
    };
    let config = match Config::from_value(settings) {
        Ok(config) => config,
        Err(problems) => bail!("identity-service refuses its configuration:\n{problems}"),
    };
    let mut seams = Seams { clock, ..Seams::default() };
    if let Ok(program) = binary::path("identity-service") {
        seams.program = program;
    }
    let app = App::build(config, seams).await.context("identity-service is not built")?;
    app.start().await.context("identity-service does not start")
}

async fn start_oauth(settings: Value, clock: Arc<dyn Clock>) -> anyhow::Result<oauth_service::app::Running> {
    use oauth_service::{
        app::{App, Seams},
        config::Config,
    };
    let config = match Config::from_value(settings) {
        Ok(config) => config,
        Err(problems) => bail!("oauth-service refuses its configuration:\n{problems}"),
    };
    let seams = Seams { clock, entropy: Arc::new(SystemEntropy) };
    let app = App::build(config, seams).await.context("oauth-service is not built")?;
    app.start().await.context("oauth-service does not start")
}
