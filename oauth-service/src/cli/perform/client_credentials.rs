//! `perform client-credentials` (RFC 6749 4.4).

use anyhow::Context as _;
use clap::Args;

use super::super::{
    remote::{Remote, json},
    token::Credentials,
};

/// Get a token for the client itself.
#[derive(Debug, Args)]
pub(crate) struct ClientCredentials {
    /// Scopes to ask for.
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// Audiences to ask for.
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    remote: Remote,
}

/// Asks the token endpoint and prints its answer.
pub(crate) async fn run(args: ClientCredentials) -> anyhow::Result<()> {
    let mut service = args.remote.public()?;
    service.authorize(args.credentials.basic().context("client_credentials needs --client-secret")?);
    let (scope, audience) = (args.scope.join(" "), args.audience.join(" "));
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(
        [("scope", scope.as_str()), ("audience", audience.as_str())].into_iter().filter(|(_, value)| !value.is_empty()),
    );
    let reply = service.form(service.url(&["oauth2", "token"])?, &fields).await?;
    super::show(&args.remote.format, &json(&reply)?)
}
