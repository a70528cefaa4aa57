//! `POST /oauth2/token` with `refresh_token`: each worker turns its own token over and over.

use anyhow::Context as _;

use super::{code_flow, password};
use crate::{
    closed_loop::Worker,
    http::{Connection, request},
    system::System,
};

pub(crate) struct Refresh {
    connection: Connection,
    url: String,
    client_id: String,
    token: String,
}

/// Without a hook: oauth-service alone.
pub(crate) async fn plain(system: &System, connections: usize) -> anyhow::Result<Vec<Refresh>> {
    let subjects: Vec<String> = (0..connections).map(|number| format!("refresher-{number}")).collect();
    workers(system, &system.at.oauth_public, &subjects).await
}

/// With claims asked from identity-service each time, for people that exist.
pub(crate) async fn with_claims(system: &System, public: &str, connections: usize) -> anyhow::Result<Vec<Refresh>> {
    let subjects = people(system, "claims", connections).await?;
    workers(system, public, &subjects).await
}

/// Subjects that are known to identity-service, a few over and over.
pub(crate) async fn people(system: &System, names: &str, connections: usize) -> anyhow::Result<Vec<String>> {
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(password::identity_id(system, &format!("{names}{number}")).await?);
    }
    Ok(people.iter().cycle().take(connections).cloned().collect())
}

async fn workers(system: &System, public: &str, subjects: &[String]) -> anyhow::Result<Vec<Refresh>> {
    let mut workers = Vec::new();
    // The flows run where the login pages' admin API is; the tokens are turned over at `public`.
    for mut flow in code_flow::for_subjects(system, &system.at.oauth_public, subjects).await? {
        let tokens = flow.tokens().await?;
        workers.push(Refresh {
            connection: Connection::to(public),
            url: format!("{public}/oauth2/token"),
            client_id: flow.client_id().to_owned(),
            token: tokens["refresh_token"].as_str().context("no refresh token")?.to_owned(),
        });
    }
    Ok(workers)
}

impl Worker for Refresh {
    async fn turn(&mut self) -> anyhow::Result<()> {
        let form = format!("grant_type=refresh_token&client_id={}&refresh_token={}", self.client_id, self.token);
        let bytes = request("POST", &self.url, &[("content-type", "application/x-www-form-urlencoded")], &form);
        let answer = self.connection.exchange(&bytes).await?.expect(200)?.json()?;
        answer["refresh_token"].as_str().context("no refresh token")?.clone_into(&mut self.token);
        Ok(())
    }
}
