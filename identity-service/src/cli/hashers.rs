//! `hashers`: what hashing costs on this machine, and hashes to try.

mod calibrate;
mod cost;
mod measure;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use shared_types::{entropy::SystemEntropy, secret::Secret};

use self::{
    calibrate::Search,
    cost::{Cost, Size, Target},
    measure::Load,
};
use super::output::{Format, line, pairs, tell};
use crate::{
    config::{Argon2, Config, HashAlgorithm, Hashers as Configured, MAX_ARGON2_MEMORY_KIB},
    hash::Hasher,
};

/// Password hashing.
#[derive(Debug, Subcommand)]
pub(super) enum Hashers {
    /// Argon2id.
    #[command(subcommand)]
    Argon2(OfArgon2),
    /// bcrypt.
    #[command(subcommand)]
    Bcrypt(OfBcrypt),
}

/// What can be done with Argon2.
#[derive(Debug, Subcommand)]
pub(super) enum OfArgon2 {
    /// Find the parameters that take the time a sign-in may take on this machine.
    Calibrate(Calibrate),
    /// Hash passwords, and say how long each took.
    Hash(HashArgon2),
    /// Hash at the rate of so many sign-ins a minute for a while, and say how it went.
    LoadTest(LoadTest),
}

/// What can be done with bcrypt.
#[derive(Debug, Subcommand)]
pub(super) enum OfBcrypt {
    /// Hash passwords, and say how long each took.
    Hash(HashBcrypt),
}

/// Arguments of `hashers argon2 calibrate`.
#[derive(Debug, Args)]
pub(super) struct Calibrate {
    /// Sign-ins a minute that the machine has to stand.
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: u32,
    /// Memory of a hash to begin with.
    #[arg(short = 'm', long, default_value = "64MB")]
    start_memory: Size,
    /// The most memory a hash may take; all that is dedicated to hashing when it is left out or 0.
    #[arg(long, default_value = "0")]
    max_memory: Size,
    /// By how much memory two tries differ.
    #[arg(long, default_value = "64MB")]
    adjust_memory_by: Size,
    /// Passes to begin with.
    #[arg(short = 'i', long, default_value_t = 1)]
    start_iterations: u32,
    /// Hashes per try; the middle one of their times counts.
    #[arg(short = 'r', long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=100))]
    probe_runs: u16,
    /// Accepted for compatibility: as many hashes run at once as there are cores.
    #[arg(long, default_value_t = 16)]
    max_concurrent: u8,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `hashers argon2 hash`.
#[derive(Debug, Args)]
pub(super) struct HashArgon2 {
    #[command(flatten)]
    passwords: Passwords,
    #[command(flatten)]
    cost: Cost,
}

/// Arguments of `hashers bcrypt hash`.
#[derive(Debug, Args)]
pub(super) struct HashBcrypt {
    #[command(flatten)]
    passwords: Passwords,
    /// The cost; the configured one when it is left out.
    #[arg(long, value_parser = clap::value_parser!(u32).range(4..=15))]
    cost: Option<u32>,
}

/// Passwords to hash.
#[derive(Debug, Args)]
struct Passwords {
    /// Passwords; one a line from standard input when there are none, which keeps them out of the list of processes.
    passwords: Vec<String>,
    /// Hash all of them at once.
    #[arg(long)]
    parallel: bool,
}

/// Arguments of `hashers argon2 load-test`.
#[derive(Debug, Args)]
pub(super) struct LoadTest {
    /// Sign-ins a minute.
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: u32,
    /// How long it goes on.
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=600))]
    sample: u16,
    #[command(flatten)]
    cost: Cost,
    #[command(flatten)]
    output: Output,
}

/// How the result is printed.
#[derive(Debug, Args)]
struct Output {
    /// table, json, json-pretty or yaml.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Print the result alone.
    #[arg(short, long)]
    quiet: bool,
}

impl Output {
    fn tell(&self, text: &str) {
        if !self.quiet {
            tell(text);
        }
    }
}

/// Runs a command.
pub(super) async fn run(files: &[PathBuf], command: &Hashers) -> anyhow::Result<()> {
    let configured = configured(files)?;
    match command {
        Hashers::Argon2(OfArgon2::Calibrate(args)) => calibrated(&configured, args).await,
        Hashers::Argon2(OfArgon2::Hash(args)) => {
            let argon2 = args.cost.over(configured.argon2)?;
            hashed(hasher(HashAlgorithm::Argon2, argon2, configured)?, &args.passwords).await
        }
        Hashers::Argon2(OfArgon2::LoadTest(args)) => load_tested(&configured, args).await,
        Hashers::Bcrypt(OfBcrypt::Hash(args)) => {
            let bcrypt_cost = args.cost.unwrap_or(configured.bcrypt_cost);
            let configured = Configured { bcrypt_cost, ..configured };
            hashed(hasher(HashAlgorithm::Bcrypt, configured.argon2, configured)?, &args.passwords).await
        }
    }
}

/// `hashers` of the configuration; no other key of it is needed here.
fn configured(files: &[impl AsRef<Path>]) -> anyhow::Result<Configured> {
    let files: Vec<PathBuf> = files.iter().map(|file| file.as_ref().to_owned()).collect();
    Ok(Config::hashers_of(&Config::load_raw(&files, std::env::vars())?)?)
}

fn hasher(algorithm: HashAlgorithm, argon2: Argon2, configured: Configured) -> anyhow::Result<Hasher> {
    let config = Configured { algorithm, argon2, ..configured };
    Hasher::start(&config, Arc::new(SystemEntropy)).context("the hashing threads cannot start")
}

async fn hashed(hasher: Hasher, args: &Passwords) -> anyhow::Result<()> {
    let passwords = match args.passwords.as_slice() {
        [] => std::io::stdin().lines().collect::<Result<Vec<_>, _>>()?,
        given => given.to_vec(),
    };
    ensure!(!passwords.is_empty(), "there are no passwords to hash");
    let begun = tokio::time::Instant::now();
    let jobs = passwords.into_iter().enumerate().map(|(number, password)| {
        let hasher = hasher.clone();
        async move {
            let begun = tokio::time::Instant::now();
            let hash = hasher.hash(Secret::new(password)).await.with_context(|| format!("password {number}"))?;
            line(&format!("password {number}: {} {hash}", measure::shown(begun.elapsed())));
            anyhow::Ok(())
        }
    });
    if args.parallel {
        futures_util::future::try_join_all(jobs).await?;
    } else {
        for job in jobs {
            job.await?;
        }
    }
    line(&format!("total: {}", measure::shown(begun.elapsed())));
    Ok(())
}

async fn load_tested(configured: &Configured, args: &LoadTest) -> anyhow::Result<()> {
    let argon2 = args.cost.over(configured.argon2)?;
    args.output.tell(&format!("Hashing as {}", parameters(&argon2)));
    args.output.tell(&format!("This takes about {} s.", args.sample));
    let hasher = hasher(HashAlgorithm::Argon2, argon2, *configured)?;
    let sample = Duration::from_secs(args.sample.into());
    let load = measure::load(&hasher, args.requests_per_minute, sample).await?;
    pairs(args.output.format, &load.json(&argon2))?;
    match load.complaint(&argon2) {
        Some(complaint) => bail!(complaint),
        None => Ok(()),
    }
}

/// How long one load test of a calibration goes on.
const SAMPLE: Duration = Duration::from_secs(20);
/// So often the parameters are mended after a load test.
const ROUNDS: usize = 5;

async fn calibrated(configured: &Configured, args: &Calibrate) -> anyhow::Result<()> {
    let base = args.target.over(configured.argon2)?;
    let most = match args.max_memory.kib() {
        0 => u32::try_from(base.dedicated_memory / 1024).unwrap_or(u32::MAX),
        kib => kib,
    };
    let search = Search {
        most_kib: most.min(MAX_ARGON2_MEMORY_KIB).max(8 * base.parallelism),
        step_kib: args.adjust_memory_by.kib().max(1),
        target: base.expected_duration,
    };
    let begin = Argon2 { memory_kib: args.start_memory.kib(), iterations: args.start_iterations, ..base };
    args.output.tell(&format!("Looking for what takes about {}:", measure::shown(search.target)));
    let measured = async |cost: &Argon2| {
        let took = measure::probe(&hasher(HashAlgorithm::Argon2, *cost, *configured)?, args.probe_runs).await?;
        args.output.tell(&format!("  {} took {}", parameters(cost), measure::shown(took)));
        Ok(took)
    };
    let mut cost = search.run(begin, measured).await?;
    for _ in 0..ROUNDS {
        args.output.tell(&format!("Trying {} sign-ins a minute for {} s.", args.requests_per_minute, SAMPLE.as_secs()));
        let load =
            measure::load(&hasher(HashAlgorithm::Argon2, cost, *configured)?, args.requests_per_minute, SAMPLE).await?;
        let Some(complaint) = load.complaint(&cost) else { return pairs(args.output.format, &result(&cost, &load)) };
        args.output.tell(&format!("  {complaint}"));
        match search.cheaper(&cost) {
            Some(cheaper) => cost = cheaper,
            None => break,
        }
    }
    bail!("this machine cannot stand {} sign-ins a minute: add cores, or expect less", args.requests_per_minute)
}

fn result(cost: &Argon2, load: &Load) -> Value {
    let mut found = json!({
        "memory": format!("{}KB", cost.memory_kib),
        "iterations": cost.iterations,
        "parallelism": cost.parallelism,
        "salt_length": cost.salt_length,
        "key_length": cost.key_length,
    });
    if let (Some(found), Value::Object(load)) = (found.as_object_mut(), load.json(cost)) {
        found.extend(load);
    }
    found
}

fn parameters(cost: &Argon2) -> String {
    let Argon2 { memory_kib, iterations, parallelism, .. } = cost;
    format!("memory {memory_kib}KB, iterations {iterations}, parallelism {parallelism}")
}
