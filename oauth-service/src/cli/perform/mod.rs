//! `perform authorization-code`, `perform client-credentials` and `perform device-code`: the grants as a client goes through them.

mod authorization_code;
mod certificate;
mod client_credentials;
mod device_code;

use clap::Subcommand;
use serde_json::Value;

use super::output::{self, Format};

/// Grants to go through.
#[derive(Debug, Subcommand)]
pub(crate) enum Perform {
    /// Log in with a browser, through a small web application this command serves.
    AuthorizationCode(Box<authorization_code::AuthorizationCode>),
    /// Get a token for the client itself.
    ClientCredentials(Box<client_credentials::ClientCredentials>),
    /// Connect as a device does, with a code to be typed in a browser.
    DeviceCode(Box<device_code::DeviceCode>),
}

/// Goes through a grant.
pub(crate) async fn run(command: Perform) -> anyhow::Result<()> {
    match command {
        Perform::AuthorizationCode(args) => authorization_code::run(*args).await,
        Perform::ClientCredentials(args) => client_credentials::run(*args).await,
        Perform::DeviceCode(args) => device_code::run(*args).await,
    }
}

/// Prints a token endpoint's answer.
fn show(format: &Format, answer: &Value) -> anyhow::Result<()> {
    const COLUMNS: &[output::Column] = &[
        ("ACCESS TOKEN", "access_token"),
        ("REFRESH TOKEN", "refresh_token"),
        ("ID TOKEN", "id_token"),
        ("EXPIRES IN", "expires_in"),
        ("SCOPE", "scope"),
    ];
    output::one(format, answer, COLUMNS)
}
