//! The bodies an administrator creates and replaces identities with (contract §10.2), parsed before anything is done.

mod credentials;
mod keys;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use shared_types::{secret::Secret, time::Time};

pub(crate) use self::credentials::{Credentials, patched};
use super::{
    create::{KnownAddress, NewIdentity},
    normal,
};
use crate::{
    app::Cx,
    hash,
    model::{
        address::{AddressStatus, Via},
        credential::NewCredential,
        identity::IdentityState,
        traits::Traits,
    },
};

/// A body that cannot be used; the text names the field.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The writer's mistake.
    #[error("{0}")]
    Invalid(String),
    /// The hashing threads are full.
    #[error(transparent)]
    Hash(#[from] hash::Error),
}

/// The writer's mistake.
fn invalid(text: impl Into<String>) -> ImportError {
    ImportError::Invalid(text.into())
}

/// A body in which nothing may be that is not known, however deep.
pub(crate) fn strict<T: DeserializeOwned>(body: Value) -> Result<T, ImportError> {
    let mut unknown = None;
    let read = serde_ignored::deserialize(body, |path| {
        unknown.get_or_insert_with(|| path.to_string().replace(".?", ""));
    });
    let read = read.map_err(|error: serde_json::Error| invalid(format!("the body cannot be used: {error}")))?;
    match unknown {
        Some(path) => Err(invalid(format!("{path}: there is no such field"))),
        None => Ok(read),
    }
}

/// createIdentityBody.
#[derive(Debug, Deserialize)]
pub(crate) struct CreateBody {
    schema_id: Option<String>,
    traits: Option<Value>,
    credentials: Option<Credentials>,
    verifiable_addresses: Option<Vec<AddressBody>>,
    recovery_addresses: Option<Vec<AddressBody>>,
    metadata_public: Option<Value>,
    metadata_admin: Option<Value>,
    state: Option<String>,
    external_id: Option<String>,
    organization_id: Option<Value>,
    region: Option<Value>,
}

/// updateIdentityBody. Unknown fields are ignored; absent ones keep or clear as the contract says.
#[derive(Debug, Deserialize)]
pub(crate) struct UpdateBody {
    pub(crate) schema_id: Option<String>,
    pub(crate) traits: Option<Value>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) metadata_public: Option<Value>,
    pub(crate) metadata_admin: Option<Value>,
    pub(crate) state: Option<String>,
    pub(crate) external_id: Option<String>,
}

/// An address with what is known of it. Its id and times are ours and are not taken over.
#[derive(Debug, Deserialize)]
pub(crate) struct AddressBody {
    value: String,
    via: String,
    verified: Option<bool>,
    verified_at: Option<Time>,
    status: Option<String>,
    #[serde(rename = "id")]
    _id: Option<Value>,
    #[serde(rename = "created_at")]
    _created_at: Option<Value>,
    #[serde(rename = "updated_at")]
    _updated_at: Option<Value>,
    #[serde(rename = "break_glass_for_organization")]
    _organization: Option<Value>,
}

impl CreateBody {
    /// Whether a clear password has to be hashed.
    pub(crate) fn has_clear_password(&self) -> bool {
        self.credentials.as_ref().is_some_and(Credentials::has_clear_password)
    }

    /// The new identity; a clear password is hashed here, after everything else was checked.
    pub(crate) async fn read(self, cx: &Cx) -> Result<NewIdentity, ImportError> {
        if self.organization_id.is_some_and(|value| !value.is_null()) {
            return Err(invalid("organization_id: organizations are not supported"));
        }
        if self.region.is_some_and(|value| !value.is_null() && value != "") {
            return Err(invalid("region: regions are not supported"));
        }
        let schema_id = self.schema_id.filter(|id| !id.is_empty());
        let schema_id = schema_id.unwrap_or_else(|| cx.schemas.default_id().to_owned());
        let mut known_addresses = Vec::new();
        for body in self.verifiable_addresses.into_iter().flatten() {
            known_addresses.push(body.read("verifiable_addresses")?);
        }
        for body in self.recovery_addresses.into_iter().flatten() {
            // Recovery addresses follow the traits; the body may only repeat them.
            body.read("recovery_addresses")?;
        }
        let mut new = NewIdentity {
            state: state(self.state.as_deref())?.unwrap_or(IdentityState::Active),
            external_id: external_id(self.external_id)?,
            metadata_public: self.metadata_public,
            metadata_admin: self.metadata_admin,
            known_addresses,
            ..NewIdentity::registered(schema_id, traits(self.traits)?, Vec::new())
        };
        let imported = self.credentials.unwrap_or_default().read(cx).await?;
        for content in imported.over(cx, &[])? {
            let config = content.config.unwrap_or_default();
            new.credentials.push(NewCredential { kind: content.kind, identifiers: Vec::new(), config });
        }
        Ok(new)
    }
}

impl AddressBody {
    pub(crate) fn read(self, field: &str) -> Result<KnownAddress, ImportError> {
        let via: Via = self.via.parse().map_err(|_| invalid(format!("{field}: via must be \"email\" or \"sms\"")))?;
        let verified = self.verified.unwrap_or(false);
        let status = match self.status.as_deref().filter(|text| !text.is_empty()) {
            None if verified => AddressStatus::Completed,
            None => AddressStatus::Pending,
            Some(word) => {
                word.parse().map_err(|_| invalid(format!("{field}: status must be pending, sent or completed")))?
            }
        };
        let value = normal::identifier(&self.value);
        Ok(KnownAddress { via, value, verified, verified_at: self.verified_at.filter(|_| verified), status })
    }
}

/// Traits of a body.
pub(crate) fn traits(value: Option<Value>) -> Result<Traits, ImportError> {
    let value = value.ok_or_else(|| invalid("traits: is required"))?;
    Traits::from_value(value).ok_or_else(|| invalid("traits: must be an object"))
}

/// A state word; empty counts as absent.
pub(crate) fn state(text: Option<&str>) -> Result<Option<IdentityState>, ImportError> {
    let word = text.filter(|text| !text.is_empty());
    let parse = |word: &str| word.parse().map_err(|_| invalid("state: must be \"active\" or \"inactive\""));
    word.map(parse).transpose()
}

/// An external id; empty counts as absent.
pub(crate) fn external_id(text: Option<String>) -> Result<Option<String>, ImportError> {
    let text = text.filter(|text| !text.is_empty());
    match &text {
        Some(id) if id.len() > 512 => Err(invalid("external_id: at most 512 bytes are possible")),
        Some(id) if id.chars().any(char::is_control) => {
            Err(invalid("external_id: control characters are not possible"))
        }
        _ => Ok(text),
    }
}

/// A foreign hash that can be compared with.
pub(crate) fn checked_hash(hash: Secret<String>) -> Result<Secret<String>, ImportError> {
    match hash::check(hash.expose()) {
        Ok(()) => Ok(hash),
        Err(why) => Err(invalid(format!("credentials.password.config.hashed_password: {why}"))),
    }
}
