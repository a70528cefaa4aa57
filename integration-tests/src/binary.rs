//! The services as programs of their own: started, killed and started again, the way an operator meets them.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::person;

/// A service as a child process; killed when dropped.
pub struct Binary {
    child: Child,
    ready_url: String,
    /// From the start of the process to the first 200 of `/health/ready`.
    pub started_in: Duration,
}

/// Where cargo put a program of this workspace, beside the one that runs now.
pub fn path(name: &str) -> anyhow::Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let program = folder.join(name);
    ensure!(program.exists(), "{} is not built: cargo build -p {name}", program.display());
    Ok(program)
}

impl Binary {
    /// Writes the configuration into the folder, starts the service with it and waits until it is ready.
    pub async fn start(
        name: &str,
        arguments: &[&str],
        settings: &Value,
        folder: &Path,
        port: u16,
    ) -> anyhow::Result<Self> {
        let file = folder.join(format!("{name}.json"));
        std::fs::write(&file, serde_json::to_vec_pretty(settings)?)?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(format!("{name}.log")))?;
        let begun = Instant::now();
        let child = Command::new(path(name)?)
            .args(arguments)
            .arg("-c")
            .arg(&file)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{name} does not start"))?;
        let mut binary =
            Self { child, ready_url: format!("http://127.0.0.1:{port}/health/ready"), started_in: Duration::ZERO };
        if let Err(error) = binary.wait_until_ready().await {
            let log = std::fs::read_to_string(folder.join(format!("{name}.log"))).unwrap_or_default();
            bail!("{name}: {error}\n{log}");
        }
        binary.started_in = begun.elapsed();
        Ok(binary)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() * 1024
    }

    /// SIGKILL: nothing is written, nothing is said goodbye to.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and how long it took to leave.
    pub fn terminate(&mut self) -> anyhow::Result<(std::process::ExitStatus, Duration)> {
        let begun = Instant::now();
        Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        Ok((self.child.wait()?, begun.elapsed()))
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let client = person::plain_client()?;
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(response) = client.get(&self.ready_url).send().await
                && response.status() == 200
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("left with {status}");
            }
            ensure!(Instant::now() < deadline, "not ready after 30 seconds");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
