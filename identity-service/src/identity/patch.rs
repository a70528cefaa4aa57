//! JSON Patch on an identity (RFC 6902, contract §10.3): the document is what administrators see, with credentials; some
//! of its paths cannot be written.

use serde_json::{Map, Value, json};
use shared_types::{id::AddressId, time::Time};

use super::{
    follow::Content,
    import,
    update::{Stored, UpdateError, Verification, Wanted},
    vault, view,
};
use crate::{
    app::Cx,
    model::{address::AddressStatus, credential::CredentialType},
};

/// A patch that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct PatchError(String);

/// Reads a patch and refuses what it may not write.
pub(crate) fn parse(body: Value) -> Result<json_patch::Patch, PatchError> {
    let patch: json_patch::Patch =
        serde_json::from_value(body).map_err(|error| PatchError(format!("the body is not a JSON patch: {error}")))?;
    for operation in &patch.0 {
        let mut paths = vec![operation.path().to_string()];
        if let json_patch::PatchOperation::Move(moved) = operation {
            paths.push(moved.from.to_string());
        }
        if matches!(operation, json_patch::PatchOperation::Test(_)) {
            continue;
        }
        if let Some(denied) = paths.iter().find(|path| is_denied(path)) {
            return Err(PatchError(format!("the path {denied:?} cannot be patched")));
        }
    }
    Ok(patch)
}

fn is_denied(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let within = |root: &str| lower == root || lower.starts_with(&format!("{root}/"));
    let exact = [
        "",
        "/id",
        "/statechangedat",
        "/state_changed_at",
        "/credentials",
        "/created_at",
        "/updated_at",
        "/schema_url",
    ];
    let whole = ["/credentials/oidc", "/credentials/saml", "/organization_id"];
    exact.contains(&lower.as_str()) || whole.iter().any(|root| within(root))
}

/// No identity becomes larger by copying.
const MAX_BYTES: usize = 5 << 20;

/// What a stored identity becomes under a patch.
pub(crate) fn apply(cx: &Cx, stored: &Stored, patch: &json_patch::Patch) -> Result<Wanted, UpdateError> {
    let invalid = |text: String| UpdateError::Invalid(text);
    let credentials = vault::opened(cx, &stored.credentials, CredentialType::ALL);
    let credentials = credentials.map_err(|error| invalid(error.to_string()))?;
    let before = view::with_credentials(&stored.identity, &credentials, CredentialType::ALL, &cx.config);
    let mut document = before.clone();
    // Absent members can be added to without a test for their presence.
    if let Value::Object(map) = &mut document {
        for (name, empty) in [("metadata_admin", Value::Null), ("external_id", Value::Null)] {
            map.entry(name).or_insert(empty);
        }
    }
    for operation in &patch.0 {
        json_patch::patch(&mut document, std::slice::from_ref(operation))
            .map_err(|error| invalid(format!("the patch does not apply: {error}")))?;
        // Copies of copies double each time: a short patch must not become a large document.
        let copies = matches!(operation, json_patch::PatchOperation::Copy(_));
        if copies && document.to_string().len() > MAX_BYTES {
            return Err(invalid("the patch makes the identity too large".to_owned()));
        }
    }
    // What nests deeper than a body may could be stored, and never read again.
    if serde_json::from_str::<Value>(&document.to_string()).is_err() {
        return Err(invalid("the patch makes the identity too deeply nested".to_owned()));
    }
    let member = |name: &str| document.get(name).cloned();
    let text = |name: &str| match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(UpdateError::Invalid(format!("{name}: must be a text"))),
    };
    let import = |error: import::ImportError| UpdateError::Invalid(error.to_string());
    Ok(Wanted {
        schema_id: text("schema_id")?.ok_or_else(|| invalid("schema_id: is required".to_owned()))?,
        traits: import::traits(member("traits")).map_err(import)?,
        state: import::state(text("state")?.as_deref())
            .map_err(import)?
            .ok_or_else(|| invalid("state: must be \"active\" or \"inactive\"".to_owned()))?,
        external_id: import::external_id(text("external_id")?).map_err(import)?,
        metadata_public: member("metadata_public"),
        metadata_admin: member("metadata_admin"),
        credentials: contents(&before, &document)?,
        verifications: verifications(stored, &document)?,
    })
}

/// The contents of credentials the patch has changed. Identifiers and times are not the writer's.
fn contents(before: &Value, after: &Value) -> Result<Vec<Content>, UpdateError> {
    let none = Map::new();
    let entries = |document: &Value| document.get("credentials").and_then(Value::as_object).cloned();
    let (before, after) = (entries(before).unwrap_or_default(), entries(after).unwrap_or(none));
    let mut contents = Vec::new();
    for (name, entry) in &after {
        let invalid = |text: &str| UpdateError::Invalid(format!("credentials.{name}: {text}"));
        if entry.get("type").and_then(Value::as_str) != Some(name) {
            return Err(invalid("its type says something else"));
        }
        let kind: CredentialType = name.parse().map_err(|_| invalid("there is no such type of credential"))?;
        let config =
            |entry: Option<&Value>| entry.and_then(|entry| entry.get("config")).cloned().unwrap_or(Value::Null);
        let wanted = config(Some(entry));
        if config(before.get(name)) != wanted {
            let config = import::patched(kind, &wanted).map_err(|error| UpdateError::Invalid(error.to_string()))?;
            contents.push(Content { kind, config: Some(config) });
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    contents.extend(gone.filter_map(|name| Some(Content { kind: name.parse().ok()?, config: None })));
    Ok(contents)
}

/// What the patch says of the verification of stored addresses. Addresses themselves follow the traits.
fn verifications(stored: &Stored, document: &Value) -> Result<Vec<Verification>, UpdateError> {
    let entries = document.get("verifiable_addresses").cloned().unwrap_or_else(|| json!([]));
    let Some(entries) = entries.as_array() else {
        return Err(UpdateError::Invalid("verifiable_addresses: must be a list".to_owned()));
    };
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let invalid = |what: &str| UpdateError::Invalid(format!("verifiable_addresses.{index}: {what}"));
        let id = entry.get("id").and_then(Value::as_str).and_then(|id| AddressId::parse(id).ok());
        let known = id.and_then(|id| stored.identity.verifiable_addresses.iter().find(|known| known.id == id));
        let known = known.ok_or_else(|| invalid("is not an address of this identity; addresses follow the traits"))?;
        if entry.get("value").and_then(Value::as_str) != Some(known.value.as_str()) {
            return Err(invalid("its value follows the traits and cannot be patched"));
        }
        let verified =
            entry.get("verified").and_then(Value::as_bool).ok_or_else(|| invalid("verified: true or false"))?;
        let status = entry.get("status").and_then(Value::as_str).and_then(|word| word.parse::<AddressStatus>().ok());
        let status = status.ok_or_else(|| invalid("status: must be pending, sent or completed"))?;
        let at = match entry.get("verified_at") {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                serde_json::from_value::<Time>(value.clone()).map_err(|_| invalid("verified_at: must be a time"))?,
            ),
        };
        found.push(Verification { address_id: known.id, verified, verified_at: at, status });
    }
    Ok(found)
}
