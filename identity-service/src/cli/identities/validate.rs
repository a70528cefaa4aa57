//! `validate identity`: files are held against the body the API takes, and against the service's own schema.

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Files;
use crate::{
    cli::{
        output::{line, tell},
        remote::{self, Remote},
    },
    config::SchemaSource,
    identity::{
        import::{self, CreateBody},
        schema::Schema,
    },
    model::traits::Traits,
};

/// Names everything that is wrong with the identities of some files.
pub(in crate::cli) async fn validate(args: &Files) -> anyhow::Result<()> {
    let mut schemas = HashMap::new();
    let (mut looked, mut faulty) = (0_usize, 0_usize);
    for (place, body) in args.identities()? {
        looked += 1;
        let found = faults(&args.remote, &mut schemas, body).await?;
        faulty += usize::from(!found.is_empty());
        for fault in found {
            tell(&format!("{place}: {fault}"));
        }
    }
    if faulty > 0 {
        bail!("{faulty} of {looked} identities could not be imported");
    }
    line(&format!("{looked} identities can be imported."));
    Ok(())
}

async fn faults(remote: &Remote, schemas: &mut HashMap<String, Schema>, body: Value) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    if let Err(error) = import::strict::<CreateBody>(body.clone()) {
        faults.push(error.to_string());
    }
    let Some(id) = body.get("schema_id").and_then(Value::as_str) else {
        faults.push("schema_id: is required".to_owned());
        return Ok(faults);
    };
    if !schemas.contains_key(id) {
        schemas.insert(id.to_owned(), fetched(remote, id).await?);
    }
    let traits = body.get("traits").cloned().and_then(Traits::from_value);
    let (Some(schema), Some(traits)) = (schemas.get(id), traits) else {
        faults.push("traits: must be an object".to_owned());
        return Ok(faults);
    };
    let words = schema.validate(&traits).into_iter().map(|issue| {
        let place = issue.at.unwrap_or_else(|| "traits".to_owned());
        format!("{place}: {}", issue.message.text)
    });
    faults.extend(words);
    Ok(faults)
}

/// A schema of the running service.
async fn fetched(remote: &Remote, id: &str) -> anyhow::Result<Schema> {
    let reply = remote.read_public(&["schemas", id]).await.with_context(|| format!("schema {id:?}"))?;
    let text = remote::json(&reply)?.to_string();
    let source = SchemaSource { id: id.to_owned(), url: String::new(), selfservice_selectable: false };
    Schema::compile(&source, &text, false).map_err(|error| anyhow::anyhow!("schema {id:?} {error}"))
}
