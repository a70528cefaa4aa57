//! Calls to the admin API of a running service.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;
use shared_types::http::client::{HttpClient, HttpReply, HttpRequest};
use url::Url;

use super::output::Format;

/// What every command that calls the service takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Remote {
    /// The admin API's URL.
    #[arg(short = 'e', long, env = "KRATOS_ADMIN_URL", default_value = "http://127.0.0.1:4434", value_name = "URL")]
    endpoint: Url,
    /// The admin API's bearer key.
    #[arg(long, env = "PORTICO_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<String>,
    /// table, json, json-pretty or yaml.
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: Format,
}

impl Remote {
    /// Calls a path below the admin API; any status but 2xx is an error in the service's words.
    pub(super) async fn call(&self, method: &str, path: &[&str], body: Option<&Value>) -> anyhow::Result<HttpReply> {
        self.send(HttpRequest::new(method, self.url(path)?), body).await
    }

    /// Reads a path below the admin API.
    pub(super) async fn read(&self, path: &[&str], query: &[(&str, String)]) -> anyhow::Result<HttpReply> {
        let mut url = self.url(path)?;
        url.query_pairs_mut().extend_pairs(query);
        self.send(HttpRequest::new("GET", url), None).await
    }

    /// Reads what the public API has: the admin API says where that is.
    pub(super) async fn read_public(&self, path: &[&str]) -> anyhow::Result<HttpReply> {
        let client = HttpClient::trusted()?;
        let mut url = self.url(path)?;
        let mut key = self.api_key.as_ref();
        for _ in 0..3 {
            let mut request = HttpRequest::new("GET", url.clone()).header("accept", "application/json");
            if let Some(key) = key.take() {
                request = request.header("authorization", format!("Bearer {key}"));
            }
            let reply = client.send(request).await?;
            let elsewhere = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
            match elsewhere.filter(|_| (300..400).contains(&reply.status)) {
                Some((_, location)) => url = url.join(location)?,
                None if reply.status == 200 => return Ok(reply),
                None => bail!("{}", refusal(&reply)),
            }
        }
        bail!("{url} leads nowhere")
    }

    fn url(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.endpoint.clone();
        let cannot = |()| anyhow::anyhow!("{} cannot be called", self.endpoint);
        url.path_segments_mut().map_err(cannot)?.pop_if_empty().push("admin").extend(path);
        Ok(url)
    }

    async fn send(&self, request: HttpRequest, body: Option<&Value>) -> anyhow::Result<HttpReply> {
        let mut request = request.header("accept", "application/json");
        if let Some(key) = &self.api_key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = HttpClient::trusted()?.send(request).await?;
        if !(200..300).contains(&reply.status) {
            bail!("{}", refusal(&reply));
        }
        Ok(reply)
    }
}

/// What the service says of a refusal, in one line.
fn refusal(reply: &HttpReply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    match text("/error/reason").or_else(|| text("/error/message")) {
        Some(reason) => format!("{reason} ({})", reply.status),
        None => format!("the service answered {}", reply.status),
    }
}

/// The JSON of an answer.
pub(super) fn json(reply: &HttpReply) -> anyhow::Result<Value> {
    serde_json::from_slice(&reply.body).context("the service's answer is not JSON")
}

/// The page token of the `next` link.
pub(super) fn next_page(reply: &HttpReply) -> Option<String> {
    let links = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    let next = links.flat_map(|(_, value)| value.split(", ")).find(|link| link.contains("rel=\"next\""))?;
    let query = next.split_once('?')?.1.split_once('>')?.0;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "page_token")
        .map(|(_, token)| token.into_owned())
}
