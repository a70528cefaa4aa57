//! What is done with identities from the command line, through the admin API: `import identities` and the like, in the
//! order of words Kratos has, and the other way round (`identities import`).

mod validate;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

pub(super) use self::validate::validate;
use super::{
    output::{Format, line, print, tell},
    remote::{self, Remote},
};

/// Work with identities.
#[derive(Debug, Subcommand)]
pub(super) enum Identities {
    /// Make identities from JSON files, each with one identity or a list.
    Import(Files),
    /// Show identities by their ids.
    Get(GetArgs),
    /// List identities.
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Change an identity by a JSON patch (RFC 6902).
    Patch(PatchArgs),
    /// Delete identities by their ids.
    Delete(DeleteArgs),
    /// Look whether files could be imported, without importing them.
    Validate(Files),
}

/// Make things from files.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Make identities from JSON files, each with one identity or a list.
    #[command(visible_alias = "identity")]
    Identities(Files),
    /// Move in from a database of Ory Kratos; can be run again.
    Kratos(super::import::Kratos),
}

/// Show things.
#[derive(Debug, Subcommand)]
pub(super) enum Get {
    /// Show identities by their ids.
    #[command(visible_alias = "identities")]
    Identity(GetArgs),
}

/// List things.
#[derive(Debug, Subcommand)]
pub(super) enum List {
    /// List identities.
    Identities(ListArgs),
}

/// Change things.
#[derive(Debug, Subcommand)]
pub(super) enum Patch {
    /// Change an identity by a JSON patch (RFC 6902).
    Identity(PatchArgs),
}

/// Delete things.
#[derive(Debug, Subcommand)]
pub(super) enum Delete {
    /// Delete identities by their ids.
    #[command(visible_alias = "identities")]
    Identity(DeleteArgs),
}

/// Check things.
#[derive(Debug, Subcommand)]
pub(super) enum Validate {
    /// Look whether files could be imported, without importing them.
    #[command(visible_alias = "identities")]
    Identity(Files),
}

/// Files with identities.
#[derive(Debug, Args)]
pub(super) struct Files {
    /// The files; standard input when none is named, or for `-`.
    files: Vec<PathBuf>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `get identity`.
#[derive(Debug, Args)]
pub(super) struct GetArgs {
    /// Their ids.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Show the content of credentials of this type; may be repeated.
    #[arg(short, long)]
    include_credentials: Vec<String>,
    /// The ids are the administrator's own.
    #[arg(long)]
    external_id: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `list identities`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Identities a page.
    #[arg(long, default_value_t = 250)]
    page_size: u32,
    /// Where the page before ended.
    #[arg(long, default_value = "")]
    page_token: String,
    /// Accepted for compatibility: reads are always consistent.
    #[arg(long)]
    consistency: Option<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `patch identity`.
#[derive(Debug, Args)]
pub(super) struct PatchArgs {
    /// Its id.
    id: String,
    /// The file with the patch; standard input when it is left out or `-`.
    file: Option<PathBuf>,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `delete identity`.
#[derive(Debug, Args)]
pub(super) struct DeleteArgs {
    /// Their ids.
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

/// One of the commands, in this order of words.
pub(super) async fn run(command: &Identities) -> anyhow::Result<()> {
    match command {
        Identities::Import(args) => import(args).await,
        Identities::Get(args) => get(args).await,
        Identities::List(args) => list(args).await,
        Identities::Patch(args) => patch(args).await,
        Identities::Delete(args) => delete(args).await,
        Identities::Validate(args) => validate(args).await,
    }
}

/// A file's JSON, or standard input's.
fn read(file: Option<&PathBuf>) -> anyhow::Result<Value> {
    let (name, text) = match file.filter(|file| file.as_os_str() != "-") {
        Some(file) => (file.display().to_string(), std::fs::read_to_string(file)),
        None => ("standard input".to_owned(), std::io::read_to_string(std::io::stdin().lock())),
    };
    let text = text.with_context(|| name.clone())?;
    serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))
}

impl Files {
    /// Every identity of the files, with where it stands.
    fn identities(&self) -> anyhow::Result<Vec<(String, Value)>> {
        let files: Vec<Option<&PathBuf>> =
            if self.files.is_empty() { vec![None] } else { self.files.iter().map(Some).collect() };
        let mut found = Vec::new();
        for file in files {
            let name = file.map_or_else(|| "-".to_owned(), |file| file.display().to_string());
            match read(file)? {
                Value::Array(items) => {
                    found.extend(items.into_iter().enumerate().map(|(index, item)| (format!("{name}[{index}]"), item)));
                }
                one => found.push((name, one)),
            }
        }
        Ok(found)
    }
}

/// Makes every identity of the files; one that is refused does not keep the others back.
pub(super) async fn import(args: &Files) -> anyhow::Result<()> {
    let bodies = args.identities()?;
    let (mut made, mut refused) = (Vec::new(), 0_usize);
    for (place, body) in &bodies {
        match args.remote.call("POST", &["identities"], Some(body)).await {
            Ok(reply) => made.push(remote::json(&reply)?),
            Err(error) => {
                refused += 1;
                tell(&format!("{place}: {error:#}"));
            }
        }
    }
    show(args.remote.format, made)?;
    if refused > 0 {
        bail!("{refused} of {} identities were refused", bodies.len());
    }
    Ok(())
}

/// One identity as it is, several as a list.
fn show(format: Format, mut items: Vec<Value>) -> anyhow::Result<()> {
    match items.len() {
        0 => Ok(()),
        1 => items.pop().map_or(Ok(()), |one| print(format, &one)),
        _ => print(format, &Value::Array(items)),
    }
}

/// Shows identities.
pub(super) async fn get(args: &GetArgs) -> anyhow::Result<()> {
    let query: Vec<_> = args.include_credentials.iter().map(|kind| ("include_credential", kind.clone())).collect();
    let mut items = Vec::new();
    for id in &args.ids {
        let path = if args.external_id { vec!["identities", "by", "external", id] } else { vec!["identities", id] };
        let reply = args.remote.read(&path, &query).await;
        items.push(remote::json(&reply.with_context(|| id.clone())?)?);
    }
    show(args.remote.format, items)
}

/// Lists identities, a page.
pub(super) async fn list(args: &ListArgs) -> anyhow::Result<()> {
    let _ = &args.consistency;
    let query = [("page_size", args.page_size.to_string()), ("page_token", args.page_token.clone())];
    let reply = args.remote.read(&["identities"], &query).await?;
    let next = remote::next_page(&reply);
    let page = json!({
        "identities": remote::json(&reply)?,
        "next_page_token": next.clone().unwrap_or_default(),
        "is_last_page": next.is_none(),
    });
    print(args.remote.format, &page)?;
    if let Some(next) = next.filter(|_| args.remote.format == Format::Table) {
        line(&format!("\nNEXT PAGE TOKEN  {next}"));
    }
    Ok(())
}

/// Changes an identity.
pub(super) async fn patch(args: &PatchArgs) -> anyhow::Result<()> {
    let patch = read(args.file.as_ref())?;
    let reply = args.remote.call("PATCH", &["identities", &args.id], Some(&patch)).await?;
    print(args.remote.format, &remote::json(&reply)?)
}

/// Deletes identities; one that is not there does not keep the others back.
pub(super) async fn delete(args: &DeleteArgs) -> anyhow::Result<()> {
    let mut refused = 0_usize;
    for id in &args.ids {
        match args.remote.call("DELETE", &["identities", id], None).await {
            Ok(_) => line(id),
            Err(error) => {
                refused += 1;
                tell(&format!("{id}: {error:#}"));
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {} identities were not deleted", args.ids.len());
    }
    Ok(())
}
