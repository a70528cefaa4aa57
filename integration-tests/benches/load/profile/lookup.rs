//! Checks of what exists already: `GET /sessions/whoami` and `POST /admin/oauth2/introspect`.

use anyhow::Context as _;
use integration_tests::settings::{Places, loopback};

use crate::{
    closed_loop::Worker,
    http::{Connection, request},
    profile::{code_flow, password, refresh, token},
    system::System,
};

/// The same request over and over.
pub(crate) struct Repeat {
    connection: Connection,
    request: Vec<u8>,
    /// What a right answer's body contains.
    mark: &'static [u8],
    status: u16,
}

impl Repeat {
    pub(crate) fn new(url: &str, request: Vec<u8>, mark: &'static str) -> Self {
        Self { connection: Connection::to(url), request, mark: mark.as_bytes(), status: 200 }
    }

    /// The same, answered with another status.
    pub(crate) fn answered(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl Worker for Repeat {
    async fn turn(&mut self) -> anyhow::Result<()> {
        let response = self.connection.exchange(&self.request).await?.expect(self.status)?;
        let found = response.body.windows(self.mark.len()).any(|window| window == self.mark);
        anyhow::ensure!(found, "an unexpected body: {}", String::from_utf8_lossy(response.body));
        Ok(())
    }
}

/// As many sessions as a few people have, asked for by all connections.
pub(crate) async fn whoami(system: &System, connections: usize, names: &str) -> anyhow::Result<Vec<Repeat>> {
    let mut sessions = Vec::new();
    for number in 0..8 {
        let email = password::identity(system, &format!("{names}{number}")).await?;
        sessions.push(password::session_token(system, &email).await?);
    }
    let url = format!("{}/sessions/whoami", system.at.identity_public);
    let workers = sessions.iter().cycle().take(connections);
    Ok(workers
        .map(|token| Repeat::new(&url, request("GET", &url, &[("x-session-token", token)], ""), "\"active\":true"))
        .collect())
}

/// A token of its own for each connection.
pub(crate) async fn introspection(system: &System, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    let mut source = token::opaque(system, 1).await?;
    let mut workers = Vec::new();
    for _ in 0..connections {
        let issued = token::access_token(&mut source).await?;
        workers.push(introspecting(&system.at.oauth_admin, &system.at.oauth_key, &issued, "\"active\":true"));
    }
    Ok(workers)
}

/// The same with people's tokens, where identity-service is asked what they may do now.
pub(crate) async fn with_claims(system: &System, at: &Places, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    let people = refresh::people(system, "introspected", connections).await?;
    let mut workers = Vec::new();
    for mut flow in code_flow::for_subjects(system, &system.at.oauth_public, &people).await? {
        let tokens = flow.tokens().await?;
        let issued = tokens["access_token"].as_str().context("no access token")?;
        workers.push(introspecting(&loopback(at.oauth_admin), &at.oauth_key, issued, "\"active\":true"));
    }
    Ok(workers)
}

fn introspecting(admin: &str, key: &str, token: &str, mark: &'static str) -> Repeat {
    let url = format!("{admin}/admin/oauth2/introspect");
    let bearer = format!("Bearer {key}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", bearer.as_str())];
    let headers = if key.is_empty() { &headers[..1] } else { &headers[..] };
    Repeat::new(&url, request("POST", &url, headers, &format!("token={token}")), mark)
}

impl Repeat {
    /// One answer, outside of any measurement.
    pub(crate) async fn answer(&mut self) -> anyhow::Result<serde_json::Value> {
        self.connection.exchange(&self.request).await?.expect(200)?.json()
    }
}
