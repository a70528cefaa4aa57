//! Relying parties nobody here wrote, as child processes: each prints the address to open, is told where the browser came
//! back, and prints what it learned. `relying-parties/install.sh` puts them in place.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Which library plays the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// npm `openid-client`.
    OpenidClient,
    /// PyPI `Authlib`.
    Authlib,
}

/// A client as the library is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// Empty for a public client.
    pub client_secret: &'a str,
    pub redirect_uri: &'a str,
    pub scope: &'a str,
}

/// One login at one relying party.
pub struct RelyingParty {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl RelyingParty {
    /// Starts it; the address to open comes with it.
    pub async fn start(library: Library, registration: Registration<'_>) -> anyhow::Result<(Self, String)> {
        let script = match library {
            Library::OpenidClient => "relying_party.js",
            Library::Authlib => "relying_party.py",
        };
        let Registration { issuer, client_id, client_secret, redirect_uri, scope } = registration;
        let mut child = command(script)?
            .args([issuer, client_id, client_secret, redirect_uri, scope])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{library:?} does not start; `make test` installs it"))?;
        let input = child.stdin.take().context("its input")?;
        let output = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut party = Self { _child: child, input, output };
        let said = party.line().await?;
        let open = said
            .get("open")
            .and_then(Value::as_str)
            .with_context(|| format!("no address to open in {said}"))?
            .to_owned();
        Ok((party, open))
    }

    /// Tells it where the browser came back; answers what it learned.
    pub async fn finish(mut self, callback: &str) -> anyhow::Result<Value> {
        self.input.write_all(format!("{callback}\n").as_bytes()).await?;
        self.input.flush().await?;
        self.line().await
    }

    async fn line(&mut self) -> anyhow::Result<Value> {
        let line = tokio::time::timeout(Duration::from_mins(1), self.output.next_line())
            .await
            .context("the relying party says nothing")??
            .context("the relying party gave up; its complaint is above")?;
        Ok(serde_json::from_str(&line)?)
    }
}

/// Runs a script around another library to its end; the JSON it prints. Its suffix says which language it is written in.
pub async fn script(name: &str, arguments: &[&str]) -> anyhow::Result<Value> {
    let run = command(name)?.args(arguments).kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_mins(2), run).await.context("the script does not end")??;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} gave up:\n{told}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("{name} prints no JSON:\n{told}"))
}

pub(crate) fn command(script: &str) -> anyhow::Result<Command> {
    let folder = folder()?;
    let (program, script) = if Path::new(script).extension().is_some_and(|ending| ending == "js") {
        (PathBuf::from("node"), folder.join("node").join(script))
    } else {
        (folder.join("python/venv/bin/python"), folder.join("python").join(script))
    };
    let mut command = Command::new(program);
    command.arg(script);
    Ok(command)
}

fn folder() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os("PORTICO_RELYING_PARTIES").map(PathBuf::from);
    let folder =
        named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/relying-parties")));
    ensure!(
        folder.join("node/node_modules/@ory/client-fetch").exists() && folder.join("python/venv").exists(),
        "the relying parties are not installed: run `make test`, or integration-tests/relying-parties/install.sh {}",
        folder.display()
    );
    Ok(folder)
}
