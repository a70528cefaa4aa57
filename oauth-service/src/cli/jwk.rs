//! `create jwk`, `get jwk`, `delete jwk` and `import jwk`: key sets by the admin API.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};
use shared_types::{entropy::SystemEntropy, id::KeyId};

use super::{
    key_file,
    output::{self, Column, Format},
    remote::{Remote, json},
};

const COLUMNS: &[Column] = &[("SET ID", "set"), ("KEY ID", "kid"), ("ALGORITHM", "alg"), ("USE", "use")];
/// Members only the holder of a key may see.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Arguments of `create jwk`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// The set, which is made when it is not there.
    set: String,
    /// The key's id; one is made up when absent.
    kid: Option<String>,
    /// RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA.
    #[arg(long, default_value = "RS256")]
    alg: String,
    /// sig or enc.
    #[arg(long = "use", default_value = "sig")]
    purpose: String,
    /// Print the public half alone.
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Sets by name.
#[derive(Debug, Args)]
pub(crate) struct Sets {
    /// Names of sets.
    #[arg(required = true, value_name = "SETS")]
    names: Vec<String>,
    /// Print the public halves alone.
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Arguments of `import jwk`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The set.
    set: String,
    /// Files: a JWK, a JWK set, PEM or DER.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What keys are for that do not say it.
    #[arg(long, default_value = "RS256")]
    alg: String,
    /// sig or enc, for keys that do not say it.
    #[arg(long = "use", default_value = "sig")]
    purpose: String,
    /// The id of a key that has none; one is made up when absent.
    #[arg(long)]
    default_key_id: Option<String>,
    #[command(flatten)]
    remote: Remote,
}

/// Prints the keys of a set: a row for each, or the set with its name.
fn show(remote: &Remote, set: &str, mut keys: Vec<Value>, public: bool) -> anyhow::Result<()> {
    for members in keys.iter_mut().filter_map(Value::as_object_mut).filter(|_| public) {
        members.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    }
    if remote.quiet {
        keys.iter().filter_map(|key| key.get("kid")?.as_str()).for_each(output::line);
        return Ok(());
    }
    if remote.format != Format::Table {
        return output::one(&remote.format, &json!({ "set": set, "keys": keys }), &[]);
    }
    for members in keys.iter_mut().filter_map(Value::as_object_mut) {
        members.insert("set".to_owned(), json!(set));
    }
    output::list(&remote.format, &keys, None, COLUMNS)
}

fn keys_of(body: &mut Value) -> anyhow::Result<Vec<Value>> {
    match body.get_mut("keys").map(Value::take) {
        Some(Value::Array(keys)) => Ok(keys),
        _ => bail!("the service's answer is not a key set"),
    }
}

/// Makes a key.
pub(crate) async fn create(args: CreateArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let body = json!({ "alg": args.alg, "use": args.purpose, "kid": args.kid.unwrap_or_default() });
    let reply = service.call("POST", service.url(&["admin", "keys", &args.set])?, Some(&body)).await?;
    show(&args.remote, &args.set, keys_of(&mut json(&reply)?)?, args.public)
}

/// Shows the keys of sets.
pub(crate) async fn get(args: Sets) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    for set in &args.names {
        let url = service.url(&["admin", "keys", set])?;
        let reply = service.call("GET", url, None).await.with_context(|| format!("key set {set}"))?;
        show(&args.remote, set, keys_of(&mut json(&reply)?)?, args.public)?;
    }
    Ok(())
}

/// Deletes sets.
pub(crate) async fn delete(args: Sets) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    for set in &args.names {
        let url = service.url(&["admin", "keys", set])?;
        service.call("DELETE", url, None).await.with_context(|| format!("key set {set}"))?;
        output::line(set);
    }
    Ok(())
}

/// Brings keys from files into a set. All files are read before any is sent.
pub(crate) async fn import(args: ImportArgs) -> anyhow::Result<()> {
    let mut keys = Vec::new();
    for path in &args.files {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let found = key_file::read(&bytes).with_context(|| format!("{} holds no key", path.display()))?;
        keys.extend(found.into_iter().map(|key| completed(&args, key)));
    }
    let service = args.remote.admin()?;
    let mut made = Vec::new();
    for key in keys {
        let kid = key.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
        let url = service.url(&["admin", "keys", &args.set, &kid])?;
        let reply = service.call("PUT", url, Some(&key)).await.with_context(|| format!("key {kid}"))?;
        made.push(json(&reply)?);
    }
    show(&args.remote, &args.set, made, true)
}

fn completed(args: &ImportArgs, mut key: Value) -> Value {
    if let Value::Object(members) = &mut key {
        members.entry("use").or_insert_with(|| json!(args.purpose));
        if members.get("kty").is_some_and(|kind| kind == "RSA") {
            members.entry("alg").or_insert_with(|| json!(args.alg));
        }
        let made_up = || args.default_key_id.clone().unwrap_or_else(|| KeyId::random(&SystemEntropy).text());
        members.entry("kid").or_insert_with(|| json!(made_up()));
    }
    key
}
