//! `introspect token` and `revoke token`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Args, Subcommand};

use super::{
    output::{self, Column},
    remote::{Remote, json},
};

const COLUMNS: &[Column] = &[
    ("ACTIVE", "active"),
    ("SUBJECT", "sub"),
    ("CLIENT ID", "client_id"),
    ("SCOPE", "scope"),
    ("EXPIRY", "exp"),
    ("TOKEN USE", "token_use"),
];

/// Things to introspect.
#[derive(Debug, Subcommand)]
pub(crate) enum Introspect {
    /// An access or refresh token, at the admin API.
    Token(IntrospectArgs),
}

/// Things to revoke.
#[derive(Debug, Subcommand)]
pub(crate) enum Revoke {
    /// An access or refresh token, at the public API, as its client.
    Token(RevokeArgs),
}

/// Arguments of `introspect token`.
#[derive(Debug, Args)]
pub(crate) struct IntrospectArgs {
    /// The token.
    token: String,
    /// Scopes it must have.
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `revoke token`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The token.
    token: String,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    remote: Remote,
}

/// A client's own credentials.
#[derive(Debug, Clone, Args)]
pub(crate) struct Credentials {
    /// The client's id.
    #[arg(long, env = "OAUTH2_CLIENT_ID")]
    pub(crate) client_id: String,
    /// The client's secret; absent for a public client.
    #[arg(long, env = "OAUTH2_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) client_secret: Option<String>,
}

impl Credentials {
    /// The `Authorization` header of client_secret_basic (RFC 6749 2.3.1: both parts are form-encoded first).
    pub(crate) fn basic(&self) -> Option<String> {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.client_secret.as_deref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(&self.client_id), encode(secret)))))
    }
}

/// Asks what a token is worth.
pub(crate) async fn introspect(args: IntrospectArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let scope = args.scope.join(" ");
    let reply = service
        .form(service.url(&["admin", "oauth2", "introspect"])?, &[("token", &args.token), ("scope", &scope)])
        .await?;
    output::one(&args.remote.format, &json(&reply)?, COLUMNS)
}

/// Takes a token back.
pub(crate) async fn revoke(args: RevokeArgs) -> anyhow::Result<()> {
    let mut service = args.remote.public()?;
    let url = service.url(&["oauth2", "revoke"])?;
    match args.credentials.basic() {
        Some(basic) => {
            service.authorize(basic);
            service.form(url, &[("token", &args.token)]).await?;
        }
        None => {
            service.form(url, &[("token", &args.token), ("client_id", &args.credentials.client_id)]).await?;
        }
    }
    output::line("The token is revoked.");
    Ok(())
}
