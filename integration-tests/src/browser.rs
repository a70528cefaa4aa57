//! A real Chromium, driven through WebDriver, with a profile of its own that goes with it.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::settings::merge;

/// One browser and the driver that holds it.
pub struct Browser {
    pub driver: WebDriver,
    process: Child,
    _profile: TempDir,
}

/// A headless browser that speaks to nobody but the pages it is sent to.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1100,900",
];

impl Browser {
    pub async fn start() -> anyhow::Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver does not start; Debian's package is chromium-driver")?;
        let output = process.stdout.take().context("chromedriver's output")?;
        let port = tokio::time::timeout(Duration::from_secs(20), announced_port(output))
            .await
            .context("chromedriver does not say on which port it listens")??;
        let profile = TempDir::new()?;
        let mut capabilities = DesiredCapabilities::chrome();
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        let driver = WebDriver::new(&format!("http://127.0.0.1:{port}"), capabilities).await?;
        driver.set_implicit_wait_timeout(Duration::from_secs(10)).await?;
        Ok(Self { driver, process, _profile: profile })
    }

    /// A picture of the page, into the folder named by `PORTICO_SCREENSHOTS`; nowhere without one.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        if let Some(folder) = std::env::var_os("PORTICO_SCREENSHOTS") {
            std::fs::create_dir_all(&folder)?;
            self.driver.screenshot(&Path::new(&folder).join(format!("{name}.png"))).await?;
        }
        Ok(())
    }

    /// As if the person preferred light or dark, on a screen of that width.
    pub async fn look(&self, theme: &str, width: u32) -> anyhow::Result<()> {
        let cdp = self.driver.cdp();
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        cdp.send_raw("Emulation.setEmulatedMedia", media).await?;
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        cdp.send_raw("Emulation.setDeviceMetricsOverride", screen).await?;
        Ok(())
    }

    /// Gives the browser an authenticator whose owner is always there and agrees to everything. Its name.
    pub async fn authenticator(&self, options: Value) -> anyhow::Result<String> {
        let mut all = json!({
            "protocol": "ctap2", "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        merge(&mut all, options);
        self.driver.cdp().send_raw("WebAuthn.enable", json!({})).await?;
        let options = json!({ "options": all });
        let answer = self.driver.cdp().send_raw("WebAuthn.addVirtualAuthenticator", options).await?;
        Ok(answer.get("authenticatorId").and_then(Value::as_str).context("an authenticator")?.to_owned())
    }

    /// Its keys, as the browser knows them.
    pub async fn keys_of(&self, authenticator: &str) -> anyhow::Result<Vec<Value>> {
        let which = json!({ "authenticatorId": authenticator });
        let answer = self.driver.cdp().send_raw("WebAuthn.getCredentials", which).await?;
        Ok(answer.get("credentials").and_then(Value::as_array).context("a list of keys")?.clone())
    }

    /// Takes an authenticator away.
    pub async fn remove(&self, authenticator: &str) -> anyhow::Result<()> {
        let which = json!({ "authenticatorId": authenticator });
        self.driver.cdp().send_raw("WebAuthn.removeVirtualAuthenticator", which).await?;
        Ok(())
    }

    /// Closes the browser, then its driver.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.driver.clone().quit().await?;
        self.process.kill().await?;
        Ok(())
    }
}

async fn announced_port(output: tokio::process::ChildStdout) -> anyhow::Result<u16> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.trim_end_matches('.').rsplit_once("on port ")
            && let Ok(port) = port.parse()
            && port != 0
        {
            // Its later output must still be taken, or it would stop writing.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
    }
    anyhow::bail!("chromedriver left before it said its port")
}
