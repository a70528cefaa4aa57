//! `POST /oauth2/token` with `client_credentials`: opaque access tokens, and JWTs signed with ES256 and RS256.

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::lookup::Repeat;
use crate::{http::request, system::System};

const FORM: &str = "grant_type=client_credentials&scope=read";

pub(crate) async fn opaque(system: &System, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    workers(system, connections, "opaque").await
}

pub(crate) async fn jwt(system: &System, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    workers(system, connections, "jwt").await
}

/// The newest key is the one that signs.
pub(crate) async fn add_key(system: &System, alg: &str) -> anyhow::Result<()> {
    let key = json!({ "alg": alg, "use": "sig", "kid": format!("bench-{alg}-{}", std::process::id()) });
    system.oauth_admin("POST", "/admin/keys/hydra.jwt.access-token", &key).await?.expect(201)?;
    Ok(())
}

async fn workers(system: &System, connections: usize, strategy: &str) -> anyhow::Result<Vec<Repeat>> {
    let client = system
        .client(json!({
            "grant_types": ["client_credentials"],
            "scope": "read write",
            "token_endpoint_auth_method": "client_secret_basic",
            "access_token_strategy": strategy,
        }))
        .await?;
    let text = |name: &str| client.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {client}"));
    let credentials = STANDARD.encode(format!("{}:{}", text("client_id")?, text("client_secret")?));
    let basic = format!("Basic {credentials}");
    let url = format!("{}/oauth2/token", system.at.oauth_public);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    let bytes = request("POST", &url, &headers, FORM);
    Ok((0..connections).map(|_| Repeat::new(&url, bytes.clone(), "\"access_token\"")).collect())
}

/// One token from the first of these workers.
pub(crate) async fn access_token(workers: &mut [Repeat]) -> anyhow::Result<String> {
    let answer = workers.first_mut().context("a worker")?.answer().await?;
    answer["access_token"].as_str().map(str::to_owned).context("no access token")
}
