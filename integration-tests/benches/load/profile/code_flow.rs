//! A whole authorization-code flow with PKCE as one operation: six requests, the worker playing browser, login app,
//! consent app and client in turn.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    closed_loop::Worker,
    http::{Connection, Response, request},
    system::System,
};

const CALLBACK: &str = "http://127.0.0.1:5555/callback";
const VERIFIER: &str = "a-verifier-of-the-load-generator-that-is-long-enough";

pub(crate) struct CodeFlow {
    public: Connection,
    admin: Connection,
    public_url: String,
    admin_url: String,
    authorization: String,
    client_id: String,
    subject: String,
    cookies: Vec<(String, String)>,
}

/// One worker per connection, all at the same public client.
pub(crate) async fn workers(system: &System, connections: usize) -> anyhow::Result<Vec<CodeFlow>> {
    let subjects: Vec<String> = (0..connections).map(|number| format!("subject-{number}")).collect();
    for_subjects(system, &system.at.oauth_public, &subjects).await
}

/// Workers that log these subjects in, at this oauth-service of the system.
pub(crate) async fn for_subjects(system: &System, public: &str, subjects: &[String]) -> anyhow::Result<Vec<CodeFlow>> {
    let client = system
        .client(json!({
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid offline_access",
            "token_endpoint_auth_method": "none",
        }))
        .await?;
    let client_id = client["client_id"].as_str().context("no client_id")?.to_owned();
    Ok(subjects
        .iter()
        .map(|subject| CodeFlow {
            public: Connection::to(public),
            admin: Connection::to(&system.at.oauth_admin),
            public_url: public.to_owned(),
            admin_url: system.at.oauth_admin.clone(),
            authorization: if system.at.oauth_key.is_empty() {
                String::new()
            } else {
                format!("Bearer {}", system.at.oauth_key)
            },
            client_id: client_id.clone(),
            subject: subject.clone(),
            cookies: Vec::new(),
        })
        .collect())
}

impl CodeFlow {
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Runs the flow and answers the tokens.
    pub(crate) async fn tokens(&mut self) -> anyhow::Result<Value> {
        self.cookies.clear();
        let start = self.authorization_url()?;
        let login = self.browse(&start).await?;
        let challenge = parameter(&login, "login_challenge")?;
        let accept = json!({ "subject": self.subject });
        let back = self.accept("login", &challenge, &accept).await?;
        let consent = self.browse(&back).await?;
        let challenge = parameter(&consent, "consent_challenge")?;
        let accept =
            json!({ "grant_scope": ["openid", "offline_access"], "session": { "access_token": { "role": "buyer" } } });
        let back = self.accept("consent", &challenge, &accept).await?;
        let callback = self.browse(&back).await?;
        let code = parameter(&callback, "code")?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
                ("client_id", &self.client_id),
            ])
            .finish();
        let url = format!("{}/oauth2/token", self.public_url);
        let bytes = request("POST", &url, &[("content-type", "application/x-www-form-urlencoded")], &form);
        self.public.exchange(&bytes).await?.expect(200)?.json()
    }

    fn authorization_url(&self) -> anyhow::Result<String> {
        let challenge = openidconnect::PkceCodeChallenge::from_code_verifier_sha256(
            &openidconnect::PkceCodeVerifier::new(VERIFIER.to_owned()),
        );
        let url = url::Url::parse_with_params(
            &format!("{}/oauth2/auth", self.public_url),
            [
                ("response_type", "code"),
                ("client_id", &self.client_id),
                ("redirect_uri", CALLBACK),
                ("scope", "openid offline_access"),
                ("state", "a-state-long-enough"),
                ("nonce", "a-nonce-long-enough"),
                ("code_challenge", challenge.as_str()),
                ("code_challenge_method", "S256"),
            ],
        )?;
        Ok(url.into())
    }

    /// One step of the browser: the address it is sent to next.
    async fn browse(&mut self, url: &str) -> anyhow::Result<String> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [("cookie", cookies.as_str())];
        // Issuer and listener may differ in name; the connection goes to the listener.
        let bytes = request("GET", url, if cookies.is_empty() { &[] } else { &headers[..] }, "");
        let response = self.public.exchange(&bytes).await?;
        if !matches!(response.status, 302 | 303) {
            response.expect(303)?;
        }
        keep_cookies(&mut self.cookies, response);
        Ok(response.location()?.to_owned())
    }

    async fn accept(&mut self, kind: &str, challenge: &str, body: &Value) -> anyhow::Result<String> {
        let challenge: String = url::form_urlencoded::byte_serialize(challenge.as_bytes()).collect();
        let url = format!("{}/admin/oauth2/auth/requests/{kind}/accept?{kind}_challenge={challenge}", self.admin_url);
        let headers = [("content-type", "application/json"), ("authorization", self.authorization.as_str())];
        let headers = if self.authorization.is_empty() { &headers[..1] } else { &headers[..] };
        let bytes = request("PUT", &url, headers, &body.to_string());
        let answer = self.admin.exchange(&bytes).await?.expect(200)?.json()?;
        answer["redirect_to"].as_str().map(str::to_owned).context("no redirect_to")
    }
}

impl Worker for CodeFlow {
    async fn turn(&mut self) -> anyhow::Result<()> {
        let tokens = self.tokens().await?;
        anyhow::ensure!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string(), "incomplete: {tokens}");
        Ok(())
    }
}

fn keep_cookies(cookies: &mut Vec<(String, String)>, response: Response<'_>) {
    for line in response.headers("set-cookie") {
        if let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) {
            cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

fn parameter(url: &str, name: &str) -> anyhow::Result<String> {
    let parsed = url::Url::parse(url)?;
    let found = parsed.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    found.with_context(|| format!("no {name} in {url}"))
}
