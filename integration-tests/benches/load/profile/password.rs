//! Password logins of native apps (a flow, then its submission), beside what bcrypt alone allows on this machine.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use crate::{
    closed_loop::Worker,
    http::{Connection, request},
    system::System,
};

const PASSWORD: &str = "correct-horse-battery-staple";

pub(crate) struct PasswordLogin {
    connection: Connection,
    base: String,
    email: String,
}

/// Hashes a second with cost 12, one thread on each core.
pub(crate) fn raw_bcrypt(window: Duration) -> anyhow::Result<f64> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let until = Instant::now() + window;
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            std::thread::spawn(move || {
                let mut hashes = 0_u32;
                while Instant::now() < until {
                    bcrypt::hash(PASSWORD, 12)?;
                    hashes += 1;
                }
                anyhow::Ok(hashes)
            })
        })
        .collect();
    let mut total = 0;
    for thread in threads {
        total += thread.join().map_err(|_| anyhow::anyhow!("a hashing thread stopped"))??;
    }
    Ok(f64::from(total) / window.as_secs_f64())
}

/// Creates someone with a password; answers the address to log in with.
pub(crate) async fn identity(system: &System, name: &str) -> anyhow::Result<String> {
    let email = email(name);
    create(system, &email).await?;
    Ok(email)
}

/// Creates someone; answers the identity's id.
pub(crate) async fn identity_id(system: &System, name: &str) -> anyhow::Result<String> {
    create(system, &email(name)).await
}

fn email(name: &str) -> String {
    format!("{name}-{}@bench.example", std::process::id())
}

async fn create(system: &System, email: &str) -> anyhow::Result<String> {
    let body = json!({
        "schema_id": "default",
        "traits": { "email": email, "name": "Load Generator" },
        "credentials": { "password": { "config": { "password": PASSWORD } } },
        "verifiable_addresses": [{ "value": email, "via": "email", "verified": true, "status": "completed" }],
    });
    let identity = system.identity_admin("POST", "/admin/identities", &body).await?.expect(201)?;
    identity["id"].as_str().map(str::to_owned).context("no id")
}

pub(crate) async fn workers(system: &System, connections: usize) -> anyhow::Result<Vec<PasswordLogin>> {
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(identity(system, &format!("login{number}")).await?);
    }
    Ok(people.iter().cycle().take(connections).map(|email| worker(system, email)).collect())
}

/// Logs someone in once.
pub(crate) async fn session_token(system: &System, email: &str) -> anyhow::Result<String> {
    worker(system, email).log_in().await
}

fn worker(system: &System, email: &str) -> PasswordLogin {
    PasswordLogin {
        connection: Connection::to(&system.at.identity_public),
        base: system.at.identity_public.clone(),
        email: email.to_owned(),
    }
}

impl PasswordLogin {
    async fn log_in(&mut self) -> anyhow::Result<String> {
        let url = format!("{}/self-service/login/api", self.base);
        let flow = self.connection.exchange(&request("GET", &url, &[], "")).await?.expect(200)?.json()?;
        let id = flow["id"].as_str().context("no flow")?;
        let url = format!("{}/self-service/login?flow={id}", self.base);
        let body = json!({ "method": "password", "identifier": self.email, "password": PASSWORD }).to_string();
        let bytes = request("POST", &url, &[("content-type", "application/json")], &body);
        let answer = self.connection.exchange(&bytes).await?.expect(200)?.json()?;
        answer["session_token"].as_str().map(str::to_owned).context("no session token")
    }
}

impl Worker for PasswordLogin {
    async fn turn(&mut self) -> anyhow::Result<()> {
        self.log_in().await.map(drop)
    }
}
