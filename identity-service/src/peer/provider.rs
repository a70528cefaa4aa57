//! The OAuth2 provider's admin API beyond challenges: clients, consents, keys, foreseen tokens, health and figures, for
//! the operators' console. What is changed is noted under the operator's name.

use serde_json::{Value, json};
use shared_types::http::client::{HttpError, HttpReply, HttpRequest};
use url::Url;

use crate::app::{Cx, Env};

/// Somebody waits for the page.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Why the provider did not do what an operator asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// `oauth2_provider.url` is not set.
    #[error("oauth2_provider.url is not set, so that there is no OAuth2 provider to ask")]
    NotConfigured,
    /// No answer came.
    #[error("the OAuth2 provider at {0} cannot be reached")]
    Unreachable(String, #[source] HttpError),
    /// There is no such thing.
    #[error("the OAuth2 provider has nothing of this name")]
    Missing,
    /// It refused.
    #[error("the OAuth2 provider answered with status {status}: {description}")]
    Refused {
        /// Its HTTP status.
        status: u16,
        /// The name of the error.
        error: String,
        /// What it says of it.
        description: String,
    },
    /// The answer is not what its API promises.
    #[error("the answer of the OAuth2 provider cannot be read")]
    Unreadable,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) items: Vec<Value>,
    /// Where it goes on.
    pub(crate) next: Option<String>,
}

/// A question: method, path below `/admin` or the root, query and body.
#[derive(Debug, Clone, Copy)]
struct Ask<'a> {
    method: &'static str,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<&'a Value>,
}

impl<'a> Ask<'a> {
    const fn new(method: &'static str, path: &'a [&'a str]) -> Self {
        Self { method, path, query: &[], body: None }
    }
}

/// Clients; `query` narrows and continues the list.
pub(crate) async fn clients(env: &Env, query: &[(&str, &str)]) -> Result<Listed, ProviderError> {
    listed(&ask(env, Ask { query, ..Ask::new("GET", &["admin", "clients"]) }).await?)
}

/// One client, without its secrets.
pub(crate) async fn client(env: &Env, id: &str) -> Result<Value, ProviderError> {
    read(&ask(env, Ask::new("GET", &["admin", "clients", id])).await?)
}

/// Registers a client; what came back holds its secret.
pub(crate) async fn create_client(cx: &Cx, members: &Value) -> Result<Value, ProviderError> {
    let made = read(&ask(cx, Ask { body: Some(members), ..Ask::new("POST", &["admin", "clients"]) }).await?)?;
    noted(cx, "OAuth2ClientCreated", text(&made, "client_id"));
    Ok(made)
}

/// Changes members of a client (RFC 6902).
pub(crate) async fn patch_client(cx: &Cx, id: &str, operations: &Value) -> Result<Value, ProviderError> {
    let changed = ask(cx, Ask { body: Some(operations), ..Ask::new("PATCH", &["admin", "clients", id]) }).await?;
    noted(cx, "OAuth2ClientUpdated", id);
    read(&changed)
}

/// Gives a client a fresh secret beside those it has; what came back holds it.
pub(crate) async fn rotate_secret(cx: &Cx, id: &str) -> Result<Value, ProviderError> {
    let rotated = ask(cx, Ask::new("POST", &["admin", "clients", id, "secrets", "rotate"])).await?;
    noted(cx, "OAuth2ClientSecretRotated", id);
    read(&rotated)
}

/// Ends a client's earlier secrets.
pub(crate) async fn drop_rotated_secrets(cx: &Cx, id: &str) -> Result<(), ProviderError> {
    ask(cx, Ask::new("DELETE", &["admin", "clients", id, "secrets", "rotate"])).await?;
    noted(cx, "OAuth2ClientSecretsDropped", id);
    Ok(())
}

/// Removes a client with all it holds.
pub(crate) async fn delete_client(cx: &Cx, id: &str) -> Result<(), ProviderError> {
    ask(cx, Ask::new("DELETE", &["admin", "clients", id])).await?;
    noted(cx, "OAuth2ClientDeleted", id);
    Ok(())
}

/// What a subject consented to.
pub(crate) async fn consents(env: &Env, query: &[(&str, &str)]) -> Result<Listed, ProviderError> {
    let path = ["admin", "oauth2", "auth", "sessions", "consent"];
    listed(&ask(env, Ask { query, ..Ask::new("GET", &path) }).await?)
}

/// Takes back what a subject consented to for one client, or for all.
pub(crate) async fn revoke_consents(cx: &Cx, subject: &str, client: Option<&str>) -> Result<(), ProviderError> {
    let path = ["admin", "oauth2", "auth", "sessions", "consent"];
    let which = client.map_or(("all", "true"), |client| ("client", client));
    ask(cx, Ask { query: &[("subject", subject), which], ..Ask::new("DELETE", &path) }).await?;
    tracing::info!(
        target: "audit", event = "OAuth2ConsentRevoked", identity = subject, client = client.unwrap_or_default(),
        actor = cx.actor(), request = %cx.request_id, "consents revoked"
    );
    Ok(())
}

/// The keys of a set, as far as they may be shown: never a private member.
pub(crate) async fn keys(env: &Env, set: &str) -> Result<Vec<Value>, ProviderError> {
    let found = match ask(env, Ask::new("GET", &["admin", "keys", set])).await {
        Ok(reply) => read(&reply)?,
        Err(ProviderError::Missing) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let keys = found.get("keys").and_then(Value::as_array).ok_or(ProviderError::Unreadable)?;
    Ok(keys.iter().map(shown).collect())
}

/// What may be shown of a key.
fn shown(key: &Value) -> Value {
    json!({
        "kid": text(key, "kid"), "alg": text(key, "alg"), "use": text(key, "use"), "kty": text(key, "kty"),
        "crv": text(key, "crv"),
    })
}

/// Makes a key in a set; its id.
pub(crate) async fn create_key(cx: &Cx, set: &str, alg: &str, purpose: &str) -> Result<String, ProviderError> {
    let body = json!({"alg": alg, "use": purpose, "kid": ""});
    let made = read(&ask(cx, Ask { body: Some(&body), ..Ask::new("POST", &["admin", "keys", set]) }).await?)?;
    let kid = made.pointer("/keys/0/kid").and_then(Value::as_str).unwrap_or_default().to_owned();
    tracing::info!(
        target: "audit", event = "OAuth2KeyCreated", set, kid, actor = cx.actor(), request = %cx.request_id,
        "a key was made"
    );
    Ok(kid)
}

/// Removes a key from a set.
pub(crate) async fn delete_key(cx: &Cx, set: &str, kid: &str) -> Result<(), ProviderError> {
    ask(cx, Ask::new("DELETE", &["admin", "keys", set, kid])).await?;
    tracing::info!(
        target: "audit", event = "OAuth2KeyDeleted", set, kid, actor = cx.actor(), request = %cx.request_id,
        "a key was removed"
    );
    Ok(())
}

/// The tokens a client would get, with the rule behind each claim.
pub(crate) async fn preview_tokens(env: &Env, wanted: &Value) -> Result<Value, ProviderError> {
    let path = ["admin", "oauth2", "token-preview"];
    read(&ask(env, Ask { body: Some(wanted), ..Ask::new("POST", &path) }).await?)
}

/// Its figures, as Prometheus reads them.
pub(crate) async fn figures(env: &Env) -> Result<String, ProviderError> {
    let reply = ask(env, Ask::new("GET", &["metrics", "prometheus"])).await?;
    Ok(String::from_utf8_lossy(&reply.body).into_owned())
}

/// Its version. An answer means that it is ready.
pub(crate) async fn ready(env: &Env) -> Result<String, ProviderError> {
    ask(env, Ask::new("GET", &["health", "ready"])).await?;
    let version = read(&ask(env, Ask::new("GET", &["version"])).await?)?;
    Ok(text(&version, "version").to_owned())
}

async fn ask(env: &Env, ask: Ask<'_>) -> Result<HttpReply, ProviderError> {
    let config = &env.config.oauth2;
    let base = config.url.as_ref().ok_or(ProviderError::NotConfigured)?;
    let url = below(base, ask).ok_or(ProviderError::NotConfigured)?;
    let mut request = HttpRequest::new(ask.method, url).header("accept", "application/json");
    request.timeout = Some(PATIENCE);
    request = config.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    if let Some(body) = ask.body {
        request = request.json(body);
    }
    let reply = env.peer.send(request).await;
    judged(reply.map_err(|error| ProviderError::Unreachable(base.to_string(), error))?)
}

/// An address below the configured one, whose own path (a gateway's prefix) is kept; parts are escaped.
fn below(base: &Url, ask: Ask<'_>) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(ask.path);
    if !ask.query.is_empty() {
        url.query_pairs_mut().clear().extend_pairs(ask.query);
    }
    Some(url)
}

fn judged(reply: HttpReply) -> Result<HttpReply, ProviderError> {
    match reply.status {
        200..=299 => Ok(reply),
        404 => Err(ProviderError::Missing),
        status => {
            let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            let (error, description) = (text(&body, "error"), text(&body, "error_description"));
            Err(ProviderError::Refused { status, error: error.to_owned(), description: description.to_owned() })
        }
    }
}

fn read(reply: &HttpReply) -> Result<Value, ProviderError> {
    serde_json::from_slice(&reply.body).map_err(|_| ProviderError::Unreadable)
}

fn listed(reply: &HttpReply) -> Result<Listed, ProviderError> {
    let Value::Array(items) = read(reply)? else { return Err(ProviderError::Unreadable) };
    let links = reply.headers.iter().filter(|(name, _)| name == "link").flat_map(|(_, value)| value.split(", "));
    Ok(Listed { items, next: links.filter(|link| link.contains("rel=\"next\"")).find_map(page_token) })
}

/// The token in the address of a link (RFC 8288).
fn page_token(link: &str) -> Option<String> {
    let (query, _) = link.split_once('?')?.1.split_once('>')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "page_token").map(|(_, token)| token.into_owned())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn noted(cx: &Cx, event: &str, client: &str) {
    tracing::info!(
        target: "audit", event, client, actor = cx.actor(), request = %cx.request_id, "an OAuth2 client was changed"
    );
}

#[cfg(test)]
mod tests;
