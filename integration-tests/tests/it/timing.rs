//! Whether the time an answer takes says that an account exists. Thousands of tries take a while, and a busy machine adds
//! noise, so these run on demand: `make test ARGS="-p integration-tests --test it timing -- --ignored --nocapture"`.
//!
//! Hashing is as cheap as it gets here and the build is a slow one, so that whatever else differs weighs the more.

use std::time::Instant;

use anyhow::Context as _;
use integration_tests::{person, settings::Engine, world::World};
use serde_json::{Value, json};
use shared_types::entropy::{SystemEntropy, random_bytes};

use crate::{
    oauth::PASSWORD,
    support::{block_on, world},
};

/// People with an account, and as many without.
const PEOPLE: usize = 600;
/// Tries on each; below the number from which an account is delayed.
const TRIES: usize = 4;
/// Beyond so many standard deviations two samples of one distribution are told apart once in ten thousand times.
const BOUND: f64 = 3.9;

#[test]
#[ignore = "takes minutes, and wants a quiet machine"]
fn a_wrong_password_on_sqlite() -> anyhow::Result<()> {
    block_on(wrong_passwords(Engine::Sqlite))
}

#[test]
#[ignore = "takes minutes, and wants a quiet machine"]
fn a_wrong_password_on_postgres() -> anyhow::Result<()> {
    block_on(wrong_passwords(Engine::Postgres))
}

#[test]
#[ignore = "takes minutes, and wants a quiet machine"]
fn a_recovery_on_sqlite() -> anyhow::Result<()> {
    block_on(recoveries(Engine::Sqlite))
}

#[test]
#[ignore = "takes minutes, and wants a quiet machine"]
fn a_recovery_on_postgres() -> anyhow::Result<()> {
    block_on(recoveries(Engine::Postgres))
}

/// The address of a person; whether there is an account is in no other respect to be seen from it.
fn address(known: bool, number: usize) -> String {
    format!("{}-{number:04}@example.org", if known { "anna" } else { "bert" })
}

async fn people(world: &World) -> anyhow::Result<()> {
    for number in 0..PEOPLE {
        world.identity(&address(true, number), PASSWORD, json!({})).await?;
    }
    Ok(())
}

async fn wrong_passwords(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine).identity(json!({ "watch-courier": false })));
    people(&world).await?;
    let outcome = compared(
        &world,
        "login",
        |address| json!({ "method": "password", "identifier": address, "password": "not the password" }),
    )
    .await;
    world.stop().await;
    outcome
}

async fn recoveries(engine: Engine) -> anyhow::Result<()> {
    let recovery = json!({
        "watch-courier": false,
        "selfservice": { "flows": { "recovery": { "enabled": true } }, "methods": { "code": { "enabled": true } } },
    });
    let world = world!(World::on(engine).identity(recovery));
    people(&world).await?;
    let outcome = compared(&world, "recovery", |address| json!({ "method": "code", "email": address })).await;
    world.stop().await;
    outcome
}

/// Tries each address a few times, in an order drawn by lot, and compares how long known and unknown ones take.
async fn compared(world: &World, flow: &str, body: impl Fn(&str) -> Value) -> anyhow::Result<()> {
    let http = person::plain_client()?;
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..TRIES {
        for number in 0..PEOPLE {
            let first = random_bytes::<1>(&SystemEntropy)[0] & 1 == 1;
            for known in [first, !first] {
                let begun = http.get(world.identity_url(&format!("/self-service/{flow}/api"))).send().await?;
                let form: Value = begun.json().await?;
                let action = form["ui"]["action"].as_str().context("a form")?;
                let request = http.post(action).json(&body(&address(known, number)));
                let started = Instant::now();
                let answer = request.send().await?;
                let status = answer.status().as_u16();
                let text = answer.text().await?;
                let took = started.elapsed();
                anyhow::ensure!(matches!(status, 200 | 400), "{status}: {text}");
                // The first round warms caches up, on both sides.
                if round > 0 {
                    samples[usize::from(known)].push(u64::try_from(took.as_nanos())?);
                }
            }
        }
    }
    let [unknown, known] = &mut samples;
    let deviations = mann_whitney(unknown, known);
    println!(
        "{flow}: {} tries each; median {:.3} ms for unknown, {:.3} ms for known; {deviations:+.2} standard deviations",
        known.len(),
        median(unknown),
        median(known),
    );
    anyhow::ensure!(deviations.abs() < BOUND, "{flow}: known and unknown differ by {deviations:.2} deviations");
    Ok(())
}

/// Milliseconds.
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of one request")]
fn median(sample: &mut [u64]) -> f64 {
    sample.sort_unstable();
    sample[sample.len() / 2] as f64 / 1e6
}

/// How far the rank sum of the second sample is from what chance gives, in standard deviations (Mann and Whitney, 1947).
#[expect(clippy::cast_precision_loss, reason = "ranks of some thousand")]
fn mann_whitney(first: &[u64], second: &[u64]) -> f64 {
    let mut all: Vec<(u64, bool)> =
        first.iter().map(|it| (*it, false)).chain(second.iter().map(|it| (*it, true))).collect();
    all.sort_unstable();
    let ranks: f64 = all.iter().enumerate().filter(|(_, (_, second))| *second).map(|(at, _)| at as f64 + 1.0).sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    let u = ranks - m * (m + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[test]
fn samples_of_one_kind_are_told_from_samples_of_two() {
    let numbers: Vec<u64> = (0..1000).map(|number| number * 7919 % 1009).collect();
    let later: Vec<u64> = numbers.iter().map(|number| number + 100).collect();
    assert!(mann_whitney(&numbers, &numbers).abs() < 1.0);
    assert!(mann_whitney(&numbers, &later) > BOUND);
    assert!(mann_whitney(&later, &numbers) < -BOUND);
}
