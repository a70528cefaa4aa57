//! `import identities`, `get identity`, `list identities`, `delete identity`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    output::{line, print},
    remote::{self, Remote},
};

/// Make things from files.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Make identities from a JSON file: one, or a list.
    Identities(ImportArgs),
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

/// Delete things.
#[derive(Debug, Subcommand)]
pub(super) enum Delete {
    /// Delete identities by their ids.
    #[command(visible_alias = "identities")]
    Identity(DeleteArgs),
}

/// Arguments of `import identities`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file; standard input when it is left out or `-`.
    file: Option<PathBuf>,
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

/// Arguments of `delete identity`.
#[derive(Debug, Args)]
pub(super) struct DeleteArgs {
    /// Their ids.
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Makes every identity of the file; one that is refused does not keep the others back.
pub(super) async fn import(args: &ImportArgs) -> anyhow::Result<()> {
    let text = match args.file.as_ref().filter(|file| file.as_os_str() != "-") {
        Some(file) => std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
        None => std::io::read_to_string(std::io::stdin().lock())?,
    };
    let bodies = match serde_json::from_str(&text).context("the file is not JSON")? {
        Value::Array(bodies) => bodies,
        one => vec![one],
    };
    let (mut made, mut refused) = (Vec::new(), 0_usize);
    for (number, body) in bodies.iter().enumerate() {
        match args.remote.call("POST", &["identities"], Some(body)).await {
            Ok(reply) => made.push(remote::json(&reply)?),
            Err(error) => {
                refused += 1;
                tell(&format!("identity {number}: {error:#}"));
            }
        }
    }
    if !made.is_empty() {
        print(args.remote.format, &json!({ "items": made }))?;
    }
    if refused > 0 {
        bail!("{refused} of {} identities were refused", bodies.len());
    }
    Ok(())
}

/// Shows identities.
pub(super) async fn get(args: &GetArgs) -> anyhow::Result<()> {
    let query: Vec<_> = args.include_credentials.iter().map(|kind| ("include_credential", kind.clone())).collect();
    let mut items = Vec::new();
    for id in &args.ids {
        let path = if args.external_id { format!("identities/by/external/{id}") } else { format!("identities/{id}") };
        let reply = args.remote.read(&path.split('/').collect::<Vec<_>>(), &query).await;
        items.push(remote::json(&reply.with_context(|| id.clone())?)?);
    }
    match items.as_slice() {
        [one] => print(args.remote.format, one),
        _ => print(args.remote.format, &json!({ "items": items })),
    }
}

/// Lists identities, a page.
pub(super) async fn list(args: &ListArgs) -> anyhow::Result<()> {
    let _ = &args.consistency;
    let query = [("page_size", args.page_size.to_string()), ("page_token", args.page_token.clone())];
    let reply = args.remote.read(&["identities"], &query).await?;
    let next = remote::next_page(&reply);
    let page = json!({
        "items": remote::json(&reply)?,
        "next_page_token": next.clone().unwrap_or_default(),
        "is_last_page": next.is_none(),
    });
    print(args.remote.format, &page)?;
    if let Some(next) = next.filter(|_| args.remote.format == super::output::Format::Table) {
        line(&format!("\nNEXT PAGE TOKEN  {next}"));
    }
    Ok(())
}

/// Deletes identities.
pub(super) async fn delete(args: &DeleteArgs) -> anyhow::Result<()> {
    for id in &args.ids {
        args.remote.call("DELETE", &["identities", id], None).await.with_context(|| id.clone())?;
        line(id);
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "what went wrong does not belong into the command's output")]
fn tell(text: &str) {
    eprintln!("{text}");
}
