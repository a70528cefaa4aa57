//! JSON Patch on an identity (RFC 6902, contract §10.3): the document is what administrators see, with credentials; some
//! of its paths cannot be written.

use serde_json::{Value, json};
use shared_types::{id::AddressId, secret::Secret, time::Time};

use super::{
    import,
    update::{Stored, UpdateError, Verification, Wanted},
    view,
};
use crate::{
    config::Config,
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
pub(crate) fn apply(stored: &Stored, patch: &json_patch::Patch, config: &Config) -> Result<Wanted, UpdateError> {
    let invalid = |text: String| UpdateError::Invalid(text);
    let mut document =
        view::with_credentials(&stored.identity, &stored.credentials, &[CredentialType::Password], config);
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
        hashed_password: password(stored, &document)?,
        verifications: verifications(stored, &document)?,
    })
}

/// The password hash, when the patch has changed it.
fn password(stored: &Stored, document: &Value) -> Result<Option<Secret<String>>, UpdateError> {
    let invalid = |text: &str| UpdateError::Invalid(text.to_owned());
    if let Some(map) = document.get("credentials").and_then(Value::as_object) {
        for (name, credential) in map {
            let kind = credential.get("type").and_then(Value::as_str);
            if kind.is_some_and(|kind| kind != name) {
                return Err(UpdateError::Invalid(format!("credentials.{name}: its type says something else")));
            }
            if name != "password" {
                return Err(UpdateError::Invalid(format!("credentials.{name}: cannot be patched yet")));
            }
        }
    }
    let before = stored.credentials.iter().find(|credential| credential.kind == CredentialType::Password);
    let Some(after) = document.pointer("/credentials/password") else {
        return match before {
            Some(_) => Err(invalid("credentials.password: use the credential's own endpoint to remove it")),
            None => Ok(None),
        };
    };
    let hash = after.pointer("/config/hashed_password").and_then(Value::as_str);
    let Some(hash) = hash else { return Err(invalid("credentials.password.config.hashed_password: is required")) };
    if before.and_then(|credential| credential.hashed_password()) == Some(hash) {
        return Ok(None);
    }
    let hash = import::checked_hash(Secret::new(hash.to_owned())).map_err(|e| UpdateError::Invalid(e.to_string()))?;
    Ok(Some(hash))
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
