//! The flags that describe a client, as the JSON the admin API takes.

use std::{io::Read as _, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::{Map, Value, json};

/// A client by flags, or by a file whose members the flags override.
#[derive(Debug, Args, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(next_help_heading = "Client")]
pub(crate) struct ClientFlags {
    /// The client's id; one is made up when absent.
    #[arg(long)]
    id: Option<String>,
    /// The name people see.
    #[arg(long)]
    name: Option<String>,
    /// The client's secret; one is made up when absent.
    #[arg(long)]
    secret: Option<String>,
    /// Grant types.
    #[arg(long = "grant-type", value_delimiter = ',')]
    grant_types: Vec<String>,
    /// Response types.
    #[arg(long = "response-type", value_delimiter = ',')]
    response_types: Vec<String>,
    /// Scopes the client may ask for.
    #[arg(long = "scope", value_delimiter = ',')]
    scopes: Vec<String>,
    /// Audiences the client may ask for.
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// Where answers may be sent.
    #[arg(long = "redirect-uri", value_delimiter = ',')]
    redirect_uris: Vec<String>,
    /// Where the browser may be sent after logout.
    #[arg(long = "post-logout-callback", value_delimiter = ',')]
    post_logout_redirect_uris: Vec<String>,
    /// The page to load in a frame at logout.
    #[arg(long = "frontchannel-logout-callback")]
    frontchannel_logout_uri: Option<String>,
    /// The frame needs `iss` and `sid`.
    #[arg(long)]
    frontchannel_logout_session_required: bool,
    /// Where logout tokens are posted.
    #[arg(long = "backchannel-logout-callback")]
    backchannel_logout_uri: Option<String>,
    /// Logout tokens need `sid`.
    #[arg(long)]
    backchannel_logout_session_required: bool,
    /// client_secret_basic, client_secret_post, private_key_jwt or none.
    #[arg(long)]
    token_endpoint_auth_method: Option<String>,
    /// Where the client's keys are.
    #[arg(long)]
    jwks_uri: Option<String>,
    /// public or pairwise.
    #[arg(long)]
    subject_type: Option<String>,
    /// What groups redirect URIs for pairwise subjects.
    #[arg(long)]
    sector_identifier_uri: Option<String>,
    /// Request objects that may be referred to.
    #[arg(long = "request-uri", value_delimiter = ',')]
    request_uris: Vec<String>,
    /// How request objects are signed.
    #[arg(long)]
    request_object_signing_alg: Option<String>,
    /// The client's privacy policy.
    #[arg(long)]
    policy_uri: Option<String>,
    /// The client's terms of service.
    #[arg(long)]
    tos_uri: Option<String>,
    /// The client's logo.
    #[arg(long)]
    logo_uri: Option<String>,
    /// The client's home page.
    #[arg(long)]
    client_uri: Option<String>,
    /// Who is responsible.
    #[arg(long = "contact", value_delimiter = ',')]
    contacts: Vec<String>,
    /// Who owns the client.
    #[arg(long)]
    owner: Option<String>,
    /// Origins scripts may call from.
    #[arg(long = "allowed-cors-origin", value_delimiter = ',')]
    allowed_cors_origins: Vec<String>,
    /// Anything, as a JSON object.
    #[arg(long)]
    metadata: Option<String>,
    /// opaque or jwt.
    #[arg(long)]
    access_token_strategy: Option<String>,
    /// The consent page need not ask.
    #[arg(long)]
    skip_consent: bool,
    /// The logout page need not ask.
    #[arg(long)]
    skip_logout_consent: bool,
    /// A JSON file with the client; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl ClientFlags {
    /// The client as the admin API takes it.
    pub(crate) fn to_json(&self) -> anyhow::Result<Value> {
        let mut client = self.file_members()?;
        for (name, value) in self.texts() {
            if let Some(text) = value {
                client.insert(name.to_owned(), json!(text));
            }
        }
        for (name, list) in self.lists() {
            if !list.is_empty() {
                client.insert(name.to_owned(), json!(list));
            }
        }
        for (name, on) in self.switches() {
            if on {
                client.insert(name.to_owned(), json!(true));
            }
        }
        if !self.scopes.is_empty() {
            client.insert("scope".to_owned(), json!(self.scopes.join(" ")));
        }
        if let Some(text) = &self.metadata {
            let metadata: Value = serde_json::from_str(text).context("--metadata is not JSON")?;
            client.insert("metadata".to_owned(), metadata);
        }
        Ok(Value::Object(client))
    }

    fn file_members(&self) -> anyhow::Result<Map<String, Value>> {
        let Some(path) = &self.file else { return Ok(Map::new()) };
        let mut text = String::new();
        if path.as_os_str() == "-" {
            std::io::stdin().lock().read_to_string(&mut text)?;
        } else {
            text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        }
        serde_json::from_str(&text).with_context(|| format!("{} does not hold a JSON object", path.display()))
    }

    fn texts(&self) -> [(&'static str, &Option<String>); 16] {
        [
            ("client_id", &self.id),
            ("client_name", &self.name),
            ("client_secret", &self.secret),
            ("frontchannel_logout_uri", &self.frontchannel_logout_uri),
            ("backchannel_logout_uri", &self.backchannel_logout_uri),
            ("token_endpoint_auth_method", &self.token_endpoint_auth_method),
            ("jwks_uri", &self.jwks_uri),
            ("subject_type", &self.subject_type),
            ("sector_identifier_uri", &self.sector_identifier_uri),
            ("request_object_signing_alg", &self.request_object_signing_alg),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("logo_uri", &self.logo_uri),
            ("client_uri", &self.client_uri),
            ("owner", &self.owner),
            ("access_token_strategy", &self.access_token_strategy),
        ]
    }

    fn lists(&self) -> [(&'static str, &Vec<String>); 8] {
        [
            ("grant_types", &self.grant_types),
            ("response_types", &self.response_types),
            ("audience", &self.audience),
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ("request_uris", &self.request_uris),
            ("contacts", &self.contacts),
            ("allowed_cors_origins", &self.allowed_cors_origins),
        ]
    }

    const fn switches(&self) -> [(&'static str, bool); 4] {
        [
            ("frontchannel_logout_session_required", self.frontchannel_logout_session_required),
            ("backchannel_logout_session_required", self.backchannel_logout_session_required),
            ("skip_consent", self.skip_consent),
            ("skip_logout_consent", self.skip_logout_consent),
        ]
    }
}

#[cfg(test)]
mod tests;
