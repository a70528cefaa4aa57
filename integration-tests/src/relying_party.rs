//! Programs around libraries nobody here wrote, as child processes: clients of the APIs, and relying parties that ask for a
//! person with a browser where they need one. `relying-parties/install.sh` puts them in place.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{ChildStdout, Command},
};

/// Runs a program to its end; the JSON it prints. Its suffix says which language it is written in.
pub async fn script(name: &str, arguments: &[&str]) -> anyhow::Result<Value> {
    let run = command(name)?.args(arguments).kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_mins(2), run).await.context("the script does not end")??;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} gave up:\n{told}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("{name} prints no JSON:\n{told}"))
}

/// Runs a relying party to its end. Each line it prints asks for something, and `answer` says what came of it; the last one says
/// what was `done`.
pub async fn converse(
    name: &str,
    argument: &Value,
    answer: impl AsyncFn(&Value) -> anyhow::Result<Value>,
) -> anyhow::Result<Value> {
    let mut child = command(name)?
        .arg(argument.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{name} does not start; `make test` installs it"))?;
    let mut input = child.stdin.take().context("its input")?;
    let mut output = BufReader::new(child.stdout.take().context("its output")?).lines();
    loop {
        let said = line(&mut output).await.with_context(|| format!("at the other end is {name}"))?;
        if said.get("done").is_some() {
            return Ok(said);
        }
        let came = answer(&said).await.with_context(|| format!("asked by {name} for {said}"))?;
        input.write_all(format!("{came}\n").as_bytes()).await?;
        input.flush().await?;
    }
}

async fn line(output: &mut Lines<BufReader<ChildStdout>>) -> anyhow::Result<Value> {
    let line = tokio::time::timeout(Duration::from_mins(1), output.next_line())
        .await
        .context("the relying party says nothing")??
        .context("the relying party gave up; its complaint is above")?;
    Ok(serde_json::from_str(&line)?)
}

pub(crate) fn command(script: &str) -> anyhow::Result<Command> {
    let folder = folder()?;
    let (program, script) = match Path::new(script).extension().and_then(|ending| ending.to_str()) {
        Some("js") => (PathBuf::from("node"), Some(folder.join("node").join(script))),
        Some("py") => (folder.join("python/venv/bin/python"), Some(folder.join("python").join(script))),
        _ => (folder.join("go").join(script), None),
    };
    let mut command = Command::new(program);
    command.args(script);
    Ok(command)
}

/// A file of a package for node.
pub fn package_file(path: &str) -> anyhow::Result<PathBuf> {
    Ok(folder()?.join("node/node_modules").join(path))
}

fn folder() -> anyhow::Result<PathBuf> {
    let named = std::env::var_os("PORTICO_RELYING_PARTIES").map(PathBuf::from);
    let folder =
        named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/relying-parties")));
    let installed =
        ["node/node_modules/@ory/hydra-client", "node/node_modules/axe-core", "python/venv", "go/relying_party"];
    ensure!(
        installed.iter().all(|place| folder.join(place).exists()),
        "the relying parties are not installed: run `make test`, or integration-tests/relying-parties/install.sh {}",
        folder.display()
    );
    Ok(folder)
}
