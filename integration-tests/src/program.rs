//! Programs beside the services, each a child process on the loopback: what nobody here wrote and serves pages of its own, put in place
//! by `relying-parties/install.sh`, and the examples of `deploy/examples`, built by `build.sh` there.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

use crate::{
    relying_party,
    settings::{Places, loopback},
};

/// Names a checkout of Ory's reference interface, installed and compiled, to be used instead of our routes around its library.
const CHECKOUT: &str = "PORTICO_SELFSERVICE_UI";

/// What the examples' API is called in access tokens.
pub const RESOURCE: &str = "https://api.partner.example/";

/// Something `deploy/examples/build.sh` has made.
fn example(name: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    let path = folder.join("examples").join(name);
    anyhow::ensure!(
        path.exists(),
        "{} is not there: run `make test`, or deploy/examples/build.sh portal rust go",
        path.display()
    );
    Ok(path)
}

/// A program that serves; killed when dropped.
pub struct Program {
    _child: Child,
}

impl Program {
    /// Ory's interface for people, on this port.
    pub async fn self_service_ui(port: u16, places: &Places) -> anyhow::Result<Self> {
        let mut command = match std::env::var_os(CHECKOUT).map(PathBuf::from) {
            Some(checkout) => {
                let mut command = Command::new("node");
                command.arg("lib/index.js").current_dir(checkout);
                command
            }
            None => relying_party::command("self_service_ui.js")?,
        };
        command
            .env("KRATOS_PUBLIC_URL", loopback(places.identity_public))
            .env("KRATOS_BROWSER_URL", places.identity())
            .env("HYDRA_ADMIN_URL", loopback(places.oauth_admin))
            .env("ORY_ADMIN_API_TOKEN", &places.oauth_key)
            .env("COOKIE_SECRET", "not-a-secret-of-the-tests")
            .env("CSRF_COOKIE_SECRET", "not-a-secret-of-the-tests")
            .env("CSRF_COOKIE_NAME", "csrf_of_the_interface")
            .env("DANGEROUSLY_DISABLE_SECURE_CSRF_COOKIES", "true");
        Self::start(command, port).await
    }

    /// Ory's example of login, consent, logout and device pages, on this port. It knows one person, and
    /// no key of an admin API.
    pub async fn login_and_consent(port: u16, places: &Places) -> anyhow::Result<Self> {
        let mut command = relying_party::command("node_modules/hydra-login-consent-logout/lib/app.js")?;
        command.env("HYDRA_ADMIN_URL", loopback(places.oauth_admin));
        Self::start(command, port).await
    }

    /// A provider at which anybody signs in by any name, on this port; `callback` is where its one client is.
    pub async fn provider(port: u16, client: [&str; 2], callback: &str) -> anyhow::Result<Self> {
        let mut command = relying_party::command("oidc_provider.js")?;
        command.arg(port.to_string()).args(client).arg(callback);
        Self::start(command, port).await
    }

    /// The partner portal of the examples, on this port, in front of an API; `client` is its id and secret.
    pub async fn partner_portal(port: u16, client: [&str; 2], api: &str, places: &Places) -> anyhow::Result<Self> {
        let mut command = Command::new(example("node")?);
        let [id, secret] = client;
        command
            .arg(example("portal/server.js")?)
            .env("HOSTNAME", "127.0.0.1")
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("PORTAL_URL", loopback(port))
            .env("ISSUER", places.issuer())
            .env("CLIENT_ID", id)
            .env("CLIENT_SECRET", secret)
            .env("API_URL", api)
            .env("API_RESOURCE", RESOURCE)
            .env("ACCOUNT_URL", places.identity())
            .env("COOKIE_SECRET", "not-a-secret-of-the-tests-but-long");
        Self::start(command, port).await
    }

    /// One of the APIs of the examples, on this port: `partner-api-rust` or `partner-api-go`.
    pub async fn partner_api(name: &str, port: u16, places: &Places) -> anyhow::Result<Self> {
        let mut command = Command::new(example(name)?);
        command.env("LISTEN", format!("127.0.0.1:{port}")).env("ISSUER", places.issuer()).env("API_RESOURCE", RESOURCE);
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> anyhow::Result<Self> {
        command.env("PORT", port.to_string()).env("NODE_ENV", "production").env("NO_UPDATE_NOTIFIER", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().context("node does not start")?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("{:?} left with {status}; its complaint is above", command.as_std().get_args());
            }
            anyhow::ensure!(Instant::now() < deadline, "nobody listens on {port} after 30 seconds");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Self { _child: child })
    }
}
