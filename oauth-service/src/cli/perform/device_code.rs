//! `perform device-code` (RFC 8628): asks for a code, shows it, and waits until somebody has typed it in a browser.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;
use shared_types::http::{
    client::HttpReply,
    server::{ListenOptions, bind},
};
use url::Url;

use super::super::{
    output,
    remote::{Remote, Service, json, refusal},
    token::Credentials,
};
use crate::http::device_page::{self, Accept};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// RFC 8628 3.2: where the answer names no interval.
const INTERVAL: u64 = 5;

/// Connect as a device does.
#[derive(Debug, Args)]
pub(crate) struct DeviceCode {
    /// Scopes to ask for.
    #[arg(long, value_delimiter = ',', default_value = "offline,openid")]
    scope: Vec<String>,
    /// Audiences to ask for.
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// The device authorization endpoint, when it is not below the endpoint.
    #[arg(long)]
    device_auth_url: Option<Url>,
    /// The token endpoint, when it is not below the endpoint.
    #[arg(long)]
    token_url: Option<Url>,
    /// Serve the page that `urls.device.verification` names, as http://127.0.0.1:PORT/device.
    #[arg(short, long)]
    port: Option<u16>,
    /// Where that page hands the code in: the admin API.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4445")]
    admin_endpoint: Url,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    remote: Remote,
}

/// Asks, waits and prints the tokens.
pub(crate) async fn run(args: DeviceCode) -> anyhow::Result<()> {
    let page = args.port.map(|port| serve_page(port, &args)).transpose()?;
    let tokens = Box::pin(connected(&args)).await;
    if let Some(page) = page {
        page.stop(true).await;
    }
    super::show(&args.remote.format, &tokens?)
}

/// The page at which the code is typed, where no application serves one.
fn serve_page(port: u16, args: &DeviceCode) -> anyhow::Result<device_page::Handle> {
    let service = Arc::new(args.remote.at(args.admin_endpoint.clone())?);
    let accept: Accept = Arc::new(move |challenge, code| {
        let service = Arc::clone(&service);
        Box::pin(async move { accepted(&service, &challenge, &code).await.map_err(|error| format!("{error:#}")) })
    });
    let listener = bind("device page", &ListenOptions { host: "127.0.0.1".to_owned(), port, tls: None })?;
    Ok(device_page::serve(listener, accept)?)
}

async fn accepted(service: &Service, challenge: &str, code: &str) -> anyhow::Result<String> {
    let mut url = service.url(&["admin", "oauth2", "auth", "requests", "device", "accept"])?;
    url.query_pairs_mut().append_pair("device_challenge", challenge);
    let reply = json(&service.call("PUT", url, Some(&serde_json::json!({ "user_code": code }))).await?)?;
    reply.get("redirect_to").and_then(Value::as_str).map(str::to_owned).context("the answer has no redirect_to")
}

async fn connected(args: &DeviceCode) -> anyhow::Result<Value> {
    let mut service = args.remote.public()?;
    if let Some(basic) = args.credentials.basic() {
        service.authorize(basic);
    }
    let endpoint = |given: &Option<Url>, parts: &[&str]| given.clone().map_or_else(|| service.url(parts), Ok);
    let device_url = endpoint(&args.device_auth_url, &["oauth2", "device", "auth"])?;
    let token_url = endpoint(&args.token_url, &["oauth2", "token"])?;
    let (scope, audience) = (args.scope.join(" "), args.audience.join(" "));
    let mut fields = vec![("client_id", args.credentials.client_id.as_str()), ("scope", &scope)];
    fields.extend([("audience", audience.as_str())].into_iter().filter(|(_, value)| !value.is_empty()));
    let begun = json(&service.form(device_url, &fields).await?)?;
    let text =
        |name: &str| begun.get(name).and_then(Value::as_str).with_context(|| format!("the answer has no {name}"));
    let complete = begun.get("verification_uri_complete").and_then(Value::as_str);
    let address = complete.map_or_else(|| text("verification_uri"), Ok)?;
    output::note(&format!("Open {address} in a browser and enter {}.", text("user_code")?));
    let waiting = Waiting {
        code: text("device_code")?,
        client_id: &args.credentials.client_id,
        interval: begun.get("interval").and_then(Value::as_u64).unwrap_or(INTERVAL),
    };
    waiting.tokens(&service, &token_url).await
}

/// A device that waits for its tokens.
struct Waiting<'a> {
    code: &'a str,
    client_id: &'a str,
    /// Seconds.
    interval: u64,
}

impl Waiting<'_> {
    async fn tokens(mut self, service: &Service, token_url: &Url) -> anyhow::Result<Value> {
        let fields = [("grant_type", GRANT), ("device_code", self.code), ("client_id", self.client_id)];
        loop {
            tokio::time::sleep(Duration::from_secs(self.interval)).await;
            let reply: HttpReply = service.ask(token_url.clone(), &fields).await?;
            if reply.status == 200 {
                return json(&reply);
            }
            let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            // RFC 8628 3.5.
            match body.get("error").and_then(Value::as_str) {
                Some("authorization_pending") => {}
                Some("slow_down") => self.interval += INTERVAL,
                _ => anyhow::bail!("{}", refusal(&reply)),
            }
        }
    }
}
