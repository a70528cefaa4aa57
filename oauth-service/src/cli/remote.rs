//! Calls to a running service: where it is, with what headers, and what to make of its answers.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;
use shared_types::http::client::{HttpClient, HttpReply, HttpRequest};
use url::Url;

use super::output::Format;

/// What every command that calls the service takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Remote {
    /// The URL to call: the admin API, or the public one where a command says so.
    #[arg(short = 'e', long, env = "ORY_SDK_URL", value_name = "URL")]
    endpoint: Option<Url>,
    /// A header to send, as `Name: value`; may be repeated.
    #[arg(short = 'H', long = "http-header", value_name = "HEADER")]
    headers: Vec<String>,
    /// The admin API's bearer key.
    #[arg(long, env = "PORTICO_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<String>,
    /// Do not check the service's certificate.
    #[arg(long)]
    skip_tls_verify: bool,
    /// table, json, json-pretty, yaml, jsonpointer=/path or jsonpath=names.and.0.indices.
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
    /// Print only the ids.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// A way to call the service.
pub(crate) struct Service {
    base: Url,
    headers: Vec<(String, String)>,
    http: HttpClient,
}

impl Remote {
    /// The service these arguments name; `default` is where it listens out of the box.
    pub(crate) fn service(&self, default: &str) -> anyhow::Result<Service> {
        let base = match &self.endpoint {
            Some(url) => url.clone(),
            None => default.parse()?,
        };
        let mut headers = Vec::new();
        for header in &self.headers {
            let (name, value) =
                header.split_once(':').with_context(|| format!("-H {header:?}: expected `Name: value`"))?;
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        if let Some(key) = &self.api_key {
            headers.push(("Authorization".to_owned(), format!("Bearer {key}")));
        }
        let http = if self.skip_tls_verify { HttpClient::without_tls_verification() } else { HttpClient::trusted() };
        Ok(Service { base, headers, http: http? })
    }

    /// The service at this address, with the same headers and key.
    pub(crate) fn at(&self, endpoint: Url) -> anyhow::Result<Service> {
        Ok(Service { base: endpoint, ..self.admin()? })
    }

    /// The admin API.
    pub(crate) fn admin(&self) -> anyhow::Result<Service> {
        self.service("http://127.0.0.1:4445")
    }

    /// The public API.
    pub(crate) fn public(&self) -> anyhow::Result<Service> {
        self.service("http://127.0.0.1:4444")
    }
}

impl Service {
    /// The URL of a path, keeping a prefix the base has; the parts are escaped.
    pub(crate) fn url(&self, parts: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("{} cannot be called", self.base))?
            .pop_if_empty()
            .extend(parts);
        Ok(url)
    }

    /// Sends this `Authorization` header from now on.
    pub(crate) fn authorize(&mut self, value: String) {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        self.headers.push(("Authorization".to_owned(), value));
    }

    /// Calls with an optional JSON body; any status but 2xx is an error in the service's words.
    pub(crate) async fn call(&self, method: &str, url: Url, body: Option<&Value>) -> anyhow::Result<HttpReply> {
        let request = HttpRequest::new(method, url);
        self.send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Calls with a form body.
    pub(crate) async fn form(&self, url: Url, fields: &[(&str, &str)]) -> anyhow::Result<HttpReply> {
        let mut request = HttpRequest::new("POST", url).header("content-type", "application/x-www-form-urlencoded");
        request.body = serde_urlencoded::to_string(fields)?.into_bytes();
        self.send(request).await
    }

    /// Calls with a form body; the caller looks at the status.
    pub(crate) async fn ask(&self, url: Url, fields: &[(&str, &str)]) -> anyhow::Result<HttpReply> {
        let mut request = HttpRequest::new("POST", url).header("content-type", "application/x-www-form-urlencoded");
        request.body = serde_urlencoded::to_string(fields)?.into_bytes();
        self.exchange(request).await
    }

    async fn exchange(&self, mut request: HttpRequest) -> anyhow::Result<HttpReply> {
        request.headers.extend(self.headers.clone());
        request.headers.push(("accept".to_owned(), "application/json".to_owned()));
        Ok(self.http.send(request).await?)
    }

    async fn send(&self, request: HttpRequest) -> anyhow::Result<HttpReply> {
        let reply = self.exchange(request).await?;
        if !(200..300).contains(&reply.status) {
            bail!("{}", refusal(&reply));
        }
        Ok(reply)
    }
}

/// What the service says of a refusal, in one line.
pub(crate) fn refusal(reply: &HttpReply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("error"), text("error_description")) {
        ("", _) => format!("the service answered {}", reply.status),
        (error, "") => format!("{error} ({})", reply.status),
        (error, description) => format!("{error}: {description} ({})", reply.status),
    }
}

/// The JSON of an answer.
pub(crate) fn json(reply: &HttpReply) -> anyhow::Result<Value> {
    serde_json::from_slice(&reply.body).context("the service's answer is not JSON")
}

/// The page token of the `next` link.
pub(crate) fn next_page(reply: &HttpReply) -> Option<String> {
    let links = reply.headers.iter().filter(|(name, _)| name == "link").map(|(_, value)| value.as_str());
    let next = links.flat_map(|value| value.split(", ")).find(|link| link.contains("rel=\"next\""))?;
    let (_, query) = next.split_once('?')?;
    let (query, _) = query.split_once('>')?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "page_token")
        .map(|(_, token)| token.into_owned())
}

#[cfg(test)]
mod tests;
