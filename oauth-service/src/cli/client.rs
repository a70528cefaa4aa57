//! `create|get|list|update|delete|import` of OAuth2 clients, and `delete access-tokens`.

use std::{io::Read as _, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    client_flags::ClientFlags,
    import_hydra::HydraArgs,
    jwk,
    output::{self, Column},
    remote::{Remote, json, next_page},
};

const ONE: &[Column] = &[
    ("CLIENT ID", "client_id"),
    ("CLIENT SECRET", "client_secret"),
    ("GRANT TYPES", "grant_types"),
    ("RESPONSE TYPES", "response_types"),
    ("SCOPE", "scope"),
    ("AUDIENCE", "audience"),
    ("REDIRECT URIS", "redirect_uris"),
];

const MANY: &[Column] = &[
    ("CLIENT ID", "client_id"),
    ("CLIENT NAME", "client_name"),
    ("GRANT TYPES", "grant_types"),
    ("RESPONSE TYPES", "response_types"),
    ("SCOPE", "scope"),
    ("AUDIENCE", "audience"),
    ("REDIRECT URIS", "redirect_uris"),
];

/// Things to create.
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    /// Make a client; its secret is shown once.
    #[command(visible_alias = "client")]
    Oauth2Client(Box<CreateArgs>),
    /// Make a key and add it to a set.
    #[command(alias = "jwks")]
    Jwk(Box<jwk::CreateArgs>),
}

/// Things to get.
#[derive(Debug, Subcommand)]
pub(crate) enum Get {
    /// Show clients.
    #[command(visible_alias = "client", alias = "clients", alias = "oauth2-clients")]
    Oauth2Client(Ids),
    /// Show the keys of sets, private members included.
    #[command(visible_alias = "jwks")]
    Jwk(jwk::Sets),
}

/// Things to list.
#[derive(Debug, Subcommand)]
pub(crate) enum List {
    /// List clients, a page at a time.
    #[command(visible_alias = "clients", alias = "client", alias = "oauth2-client")]
    Oauth2Clients(ListArgs),
}

/// Things to update.
#[derive(Debug, Subcommand)]
pub(crate) enum Update {
    /// Replace a client: what is not given becomes its default.
    #[command(visible_alias = "client")]
    Oauth2Client(Box<UpdateArgs>),
}

/// Things to delete.
#[derive(Debug, Subcommand)]
pub(crate) enum Delete {
    /// Delete clients with everything granted to them.
    #[command(visible_alias = "client", alias = "clients", alias = "oauth2-clients")]
    Oauth2Client(Ids),
    /// Delete all access tokens of a client.
    AccessTokens(Ids),
    /// Delete key sets. What they signed is believed no more.
    #[command(visible_alias = "jwks")]
    Jwk(jwk::Sets),
}

/// Things to import.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Make clients from JSON files, each an object or an array of them; without a file, from standard input.
    #[command(visible_alias = "client", alias = "clients", alias = "oauth2-clients")]
    Oauth2Client(ImportArgs),
    /// Bring keys into a set, from JWK, PEM or DER files.
    #[command(visible_alias = "jwks")]
    Jwk(Box<jwk::ImportArgs>),
    /// Bring over what the database of an Ory Hydra holds: clients, keys, logins, consents, tokens. May be run again.
    Hydra(Box<HydraArgs>),
}

/// Arguments of `create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    flags: ClientFlags,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `update`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// The client's id.
    client_id: String,
    #[command(flatten)]
    flags: ClientFlags,
    #[command(flatten)]
    remote: Remote,
}

/// Clients by id.
#[derive(Debug, Args)]
pub(crate) struct Ids {
    /// Client ids.
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// How many clients at most.
    #[arg(long, default_value_t = 100)]
    page_size: usize,
    /// Where the page before ended.
    #[arg(long)]
    page_token: Option<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files to read.
    files: Vec<PathBuf>,
    #[command(flatten)]
    remote: Remote,
}

fn show(remote: &Remote, client: &Value) -> anyhow::Result<()> {
    if remote.quiet {
        output::line(client.get("client_id").and_then(Value::as_str).unwrap_or_default());
        return Ok(());
    }
    output::one(&remote.format, client, ONE)
}

/// Makes a client.
pub(crate) async fn create(args: CreateArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let reply = service.call("POST", service.url(&["admin", "clients"])?, Some(&args.flags.to_json()?)).await?;
    show(&args.remote, &json(&reply)?)
}

/// Shows clients.
pub(crate) async fn get(args: Ids) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let mut found = Vec::new();
    for id in &args.ids {
        let reply = service
            .call("GET", service.url(&["admin", "clients", id])?, None)
            .await
            .with_context(|| format!("client {id}"))?;
        found.push(json(&reply)?);
    }
    match found.as_slice() {
        [client] => show(&args.remote, client),
        _ => output::list(&args.remote.format, &found, None, MANY),
    }
}

/// Lists clients.
pub(crate) async fn list(args: ListArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let mut url = service.url(&["admin", "clients"])?;
    url.query_pairs_mut().append_pair("page_size", &args.page_size.to_string());
    if let Some(token) = &args.page_token {
        url.query_pairs_mut().append_pair("page_token", token);
    }
    let reply = service.call("GET", url, None).await?;
    let next = next_page(&reply);
    let Value::Array(clients) = json(&reply)? else { anyhow::bail!("the service's answer is not a list") };
    if args.remote.quiet {
        clients.iter().filter_map(|client| client.get("client_id")?.as_str()).for_each(output::line);
        return Ok(());
    }
    output::list(&args.remote.format, &clients, next, MANY)
}

/// Replaces a client.
pub(crate) async fn update(args: UpdateArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let url = service.url(&["admin", "clients", &args.client_id])?;
    let reply = service.call("PUT", url, Some(&args.flags.to_json()?)).await?;
    show(&args.remote, &json(&reply)?)
}

/// Deletes clients.
pub(crate) async fn delete(args: Ids) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    for id in &args.ids {
        let url = service.url(&["admin", "clients", id])?;
        service.call("DELETE", url, None).await.with_context(|| format!("client {id}"))?;
        output::line(id);
    }
    Ok(())
}

/// Deletes the access tokens of clients.
pub(crate) async fn delete_tokens(args: Ids) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    for id in &args.ids {
        let mut url = service.url(&["admin", "oauth2", "tokens"])?;
        url.query_pairs_mut().append_pair("client_id", id);
        service.call("DELETE", url, None).await.with_context(|| format!("client {id}"))?;
        output::line(id);
    }
    Ok(())
}

/// Makes clients from files.
pub(crate) async fn import(args: ImportArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    for client in read(&args.files)? {
        let reply = service.call("POST", service.url(&["admin", "clients"])?, Some(&client)).await?;
        show(&args.remote, &json(&reply)?)?;
    }
    Ok(())
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Value>> {
    let mut texts = Vec::new();
    if files.is_empty() {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        texts.push(("standard input".to_owned(), text));
    }
    for path in files {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        texts.push((name, text));
    }
    let mut clients = Vec::new();
    for (name, text) in texts {
        match serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))? {
            Value::Array(list) => clients.extend(list),
            client => clients.push(client),
        }
    }
    Ok(clients)
}
