//! The bodies an administrator creates and replaces identities with (contract §10.2), parsed before anything is done.

use serde::Deserialize;
use serde_json::Value;
use shared_types::{secret::Secret, time::Time};

use super::{
    create::{KnownAddress, NewIdentity},
    normal,
};
use crate::{
    app::Cx,
    hash,
    model::{
        address::{AddressStatus, Via},
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

fn invalid(text: impl Into<String>) -> ImportError {
    ImportError::Invalid(text.into())
}

/// createIdentityBody. Unknown fields are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// The credentials of an import. Those not built yet are named when they are used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    password: Option<Wrapped<PasswordConfig>>,
    oidc: Option<Value>,
    saml: Option<Value>,
    totp: Option<Value>,
    lookup_secret: Option<Value>,
    webauthn: Option<Value>,
    passkey: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Wrapped<T> {
    config: Option<T>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordConfig {
    password: Option<Secret<String>>,
    hashed_password: Option<Secret<String>>,
    use_password_migration_hook: Option<bool>,
}

/// An address with what is known of it. Its id and times are ours and are not taken over.
#[derive(Debug, Deserialize)]
pub(crate) struct AddressBody {
    value: String,
    via: String,
    verified: Option<bool>,
    verified_at: Option<Time>,
    status: Option<String>,
}

impl CreateBody {
    /// The new identity; a clear password is hashed here.
    pub(crate) async fn read(self, cx: &Cx) -> Result<NewIdentity, ImportError> {
        if self.organization_id.is_some_and(|value| !value.is_null()) {
            return Err(invalid("organization_id: organizations are not supported"));
        }
        if self.region.is_some_and(|value| !value.is_null() && value != "") {
            return Err(invalid("region: regions are not supported"));
        }
        let schema_id = self.schema_id.filter(|id| !id.is_empty());
        let schema_id = schema_id.ok_or_else(|| invalid("schema_id: is required"))?;
        let mut known_addresses = Vec::new();
        for body in self.verifiable_addresses.into_iter().flatten() {
            known_addresses.push(body.read("verifiable_addresses")?);
        }
        for body in self.recovery_addresses.into_iter().flatten() {
            // Recovery addresses follow the traits; the body may only repeat them.
            body.read("recovery_addresses")?;
        }
        Ok(NewIdentity {
            id: None,
            schema_id,
            traits: traits(self.traits)?,
            state: state(self.state.as_deref())?.unwrap_or(IdentityState::Active),
            external_id: external_id(self.external_id)?,
            metadata_public: self.metadata_public,
            metadata_admin: self.metadata_admin,
            hashed_password: password(cx, self.credentials).await?,
            credentials: Vec::new(),
            known_addresses,
        })
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

/// The hash of a body's password credential, if it has one.
pub(crate) async fn password(cx: &Cx, credentials: Option<Credentials>) -> Result<Option<Secret<String>>, ImportError> {
    let Some(credentials) = credentials else { return Ok(None) };
    let others = [
        ("oidc", credentials.oidc),
        ("saml", credentials.saml),
        ("totp", credentials.totp),
        ("lookup_secret", credentials.lookup_secret),
        ("webauthn", credentials.webauthn),
        ("passkey", credentials.passkey),
    ];
    for (name, value) in others {
        if value.is_some_and(|value| !value.is_null()) {
            return Err(invalid(format!("credentials.{name}: cannot be imported yet")));
        }
    }
    let Some(config) = credentials.password.and_then(|wrapped| wrapped.config) else { return Ok(None) };
    if config.use_password_migration_hook == Some(true) {
        return Err(invalid("credentials.password.config.use_password_migration_hook: is not supported yet"));
    }
    let present = |secret: Option<Secret<String>>| secret.filter(|secret| !secret.expose().is_empty());
    match (present(config.hashed_password), present(config.password)) {
        (Some(hash), _) => checked_hash(hash).map(Some),
        (None, Some(clear)) => match cx.hasher.hash(clear).await {
            Ok(hash) => Ok(Some(Secret::new(hash))),
            Err(hash::Error::TooLong) => Err(invalid(format!(
                "credentials.password.config.password: at most {} bytes are possible",
                hash::MAX_BYTES
            ))),
            Err(error) => Err(error.into()),
        },
        (None, None) => Ok(None),
    }
}

/// A foreign hash that can be compared with.
pub(crate) fn checked_hash(hash: Secret<String>) -> Result<Secret<String>, ImportError> {
    if hash::is_importable(hash.expose()) {
        Ok(hash)
    } else {
        Err(invalid(
            "credentials.password.config.hashed_password: must be a bcrypt hash ($2a$, $2b$ or $2y$) of cost 4 to 15",
        ))
    }
}
