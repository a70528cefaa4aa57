//! `doctor` of both services, as an operator runs it: the program, a configuration, and what is told of it.

mod identity;
mod mistakes;
mod oauth;
mod pair;

use std::path::Path;

use anyhow::Context as _;
use integration_tests::{
    binary::{self, Binary},
    settings::{Engine, Places},
};
use serde_json::Value;
use shared_types::testing::TempDatabase;
use tempfile::TempDir;

/// What a run has told.
struct Told {
    code: i32,
    text: String,
}

impl Told {
    /// The findings as `level check key: what`.
    fn findings(&self) -> anyhow::Result<Vec<String>> {
        let report: Value = serde_json::from_str(&self.text).with_context(|| self.text.clone())?;
        let mut all = Vec::new();
        for check in report["checks"].as_array().context("checks")? {
            for finding in check["findings"].as_array().context("findings")? {
                let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
                let is_told = text("level") == "fine" || !text("why").is_empty() && !text("fix").is_empty();
                anyhow::ensure!(is_told, "{finding} says too little");
                let name = check["check"].as_str().unwrap_or_default();
                all.push(format!("{} {name} {}: {}", text("level"), text("key"), text("what")));
            }
        }
        Ok(all)
    }
}

/// Runs `doctor` with this configuration.
async fn run(name: &'static str, settings: &Value, folder: &Path, arguments: &[&str]) -> anyhow::Result<Told> {
    let file = folder.join(format!("doctor-{name}.json"));
    std::fs::write(&file, serde_json::to_vec_pretty(settings)?)?;
    let mut command = std::process::Command::new(binary::path(name)?);
    command.arg("doctor").arg("-c").arg(&file).args(arguments).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let text = String::from_utf8(output.stdout)?;
    Ok(Told { code: output.status.code().context("an exit code")?, text: text.trim_end().to_owned() })
}

/// The findings of a run.
async fn findings(
    name: &'static str,
    settings: &Value,
    folder: &Path,
    peer: bool,
) -> anyhow::Result<(i32, Vec<String>)> {
    let arguments: &[&str] = if peer { &["--format", "json", "--peer"] } else { &["--format", "json"] };
    let told = run(name, settings, folder, arguments).await?;
    Ok((told.code, told.findings()?))
}

/// Whether something was found that begins and goes on like that.
#[track_caller]
fn assert_has(found: &[String], begins: &str, part: &str) {
    let has = found.iter().any(|finding| finding.starts_with(begins) && finding.contains(part));
    assert!(has, "no {begins} .. {part} in\n{}", found.join("\n"));
}

/// Databases, places and a folder of one test; `None` where its database is not to be had.
struct Bench {
    identity: TempDatabase,
    oauth: TempDatabase,
    places: Places,
    folder: TempDir,
}

impl Bench {
    fn on(engine: Engine) -> anyhow::Result<Option<Self>> {
        let (Some(identity), Some(oauth)) = (engine.database(), engine.database()) else { return Ok(None) };
        Ok(Some(Self { identity, oauth, places: Places::draw()?, folder: TempDir::new()? }))
    }

    fn identity_settings(&self, mails: &str) -> Value {
        self.places.identity_settings(&self.identity.dsn(), Some(mails))
    }

    fn oauth_settings(&self) -> Value {
        self.places.oauth_settings(&self.oauth.dsn())
    }

    async fn start_identity(&self, settings: &Value) -> anyhow::Result<Binary> {
        Binary::start("identity-service", &["serve"], settings, self.folder.path(), self.places.identity_public).await
    }

    async fn start_oauth(&self, settings: &Value) -> anyhow::Result<Binary> {
        let folder = self.folder.path();
        let service =
            Binary::start("oauth-service", &["serve", "all"], settings, folder, self.places.oauth_public).await?;
        // Who asks for the keys waits until there are some.
        let keys = format!("{}/.well-known/jwks.json", self.places.oauth());
        integration_tests::person::plain_client()?.get(keys).send().await?.error_for_status()?;
        Ok(service)
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default()
    }
}

/// The end of a test whose database is not to be had.
macro_rules! bench {
    ($engine:expr) => {
        match super::Bench::on($engine)? {
            Some(bench) => bench,
            None => {
                eprintln!("skipped: no PostgreSQL server is named by {}", shared_types::testing::POSTGRES_URL);
                return Ok(());
            }
        }
    };
}

use bench;
