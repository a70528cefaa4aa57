//! `GET /sessions/whoami` while others try passwords as fast as they are answered: who is signed in shall hardly notice.

use std::{cell::Cell, rc::Rc, time::Duration};

use anyhow::Context as _;
use serde_json::json;

use crate::{
    arguments::Arguments,
    closed_loop::{self, Outcome, Worker},
    http::{Connection, request},
    profile::lookup,
    system::System,
};

/// Connections that ask, a few times a second each: what waits here does not wait for its own kind.
const ASKING: usize = 8;
const PAUSE: Duration = Duration::from_millis(5);
/// How many times as long the slowest hundredth may take.
const BOUND: f64 = 3.0;

/// Somebody who looks at his portal.
struct Visitor(lookup::Repeat);

impl Worker for Visitor {
    async fn turn(&mut self) -> anyhow::Result<()> {
        self.0.turn().await
    }

    async fn rest(&mut self) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// Somebody who tries passwords, on accounts nobody has: each costs as much as any other.
struct Attacker {
    connection: Connection,
    base: String,
    number: usize,
    tries: usize,
}

impl Attacker {
    async fn turn(&mut self) -> anyhow::Result<()> {
        let url = format!("{}/self-service/login/api", self.base);
        let flow = self.connection.exchange(&request("GET", &url, &[], "")).await?.expect(200)?.json()?;
        let id = flow["id"].as_str().context("no flow")?;
        let url = format!("{}/self-service/login?flow={id}", self.base);
        self.tries += 1;
        let identifier = format!("nobody-{}-{}@bench.example", self.number, self.tries);
        let body = json!({ "method": "password", "identifier": identifier, "password": "a wrong guess" }).to_string();
        let bytes = request("POST", &url, &[("content-type", "application/json")], &body);
        let status = self.connection.exchange(&bytes).await?.status;
        // Wrong, or sent away because too many are being compared.
        anyhow::ensure!(matches!(status, 400 | 429 | 503), "{status} for a wrong password");
        Ok(())
    }
}

/// Measured in quiet, then under attack; the figures are those under attack.
pub(crate) async fn whoami(system: &System, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let visitors = async |names| {
        let workers = lookup::whoami(system, ASKING, names).await?;
        anyhow::Ok(workers.into_iter().map(Visitor).collect::<Vec<_>>())
    };
    let quiet = closed_loop::run(visitors("quiet").await?, arguments.warm_up, arguments.measure).await?;
    let under_attack = visitors("attacked").await?;
    let (over, tries) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0_u64)));
    let attackers: Vec<_> = (0..arguments.connections)
        .map(|number| {
            let connection = Connection::to(&system.at.identity_public);
            let mut attacker = Attacker { connection, base: system.at.identity_public.clone(), number, tries: 0 };
            let (over, tries) = (over.clone(), tries.clone());
            tokio::task::spawn_local(async move {
                while !over.get() {
                    attacker.turn().await?;
                    tries.set(tries.get() + 1);
                }
                anyhow::Ok(())
            })
        })
        .collect();
    let outcome = closed_loop::run(under_attack, arguments.warm_up, arguments.measure).await;
    over.set(true);
    for attacker in attackers {
        attacker.await??;
    }
    let mut outcome = outcome?;
    let p99 = |outcome: &Outcome| outcome.latencies.value_at_quantile(0.99) as f64 / 1000.0;
    let (before, during) = (p99(&quiet), p99(&outcome));
    outcome.remark = Some(format!(
        "p99 {:.1} times the quiet one of {before:.2} ms beside {} tries (bound {BOUND})",
        during / before,
        tries.get()
    ));
    Ok(outcome)
}
