//! Changes to an identity as a whole: traits, state, metadata, credentials. Read, checked, and written only if nobody
//! else has written meanwhile.

use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::IdentityId,
};

use super::{
    create::set_addresses,
    farewell::Farewell,
    follow::{self, Content},
    schema::{Issue, Schema},
};
use crate::{
    app::Cx,
    model::{
        credential::{Credential, CredentialType},
        identity::{Identity, IdentityState},
        traits::Traits,
    },
    store,
};

/// An identity as it shall be.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) schema_id: String,
    pub(crate) traits: Traits,
    pub(crate) state: IdentityState,
    pub(crate) external_id: Option<String>,
    pub(crate) metadata_public: Option<Value>,
    pub(crate) metadata_admin: Option<Value>,
    /// Credentials whose content is another, or that go; all others stay.
    pub(crate) credentials: Vec<Content>,
    /// Addresses whose verification the writer sets himself.
    pub(crate) verifications: Vec<Verification>,
}

impl Wanted {
    /// As it is, but for the content of credentials.
    pub(crate) fn unchanged_but(stored: &Stored, credentials: Vec<Content>) -> Self {
        let identity = stored.identity.clone();
        Self {
            schema_id: identity.schema_id,
            traits: identity.traits,
            state: identity.state,
            external_id: identity.external_id,
            metadata_public: identity.metadata_public,
            metadata_admin: identity.metadata_admin,
            credentials,
            verifications: Vec::new(),
        }
    }
}

/// The verification of an address, as an administrator wants it.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) address_id: shared_types::id::AddressId,
    pub(crate) verified: bool,
    pub(crate) verified_at: Option<shared_types::time::Time>,
    pub(crate) status: crate::model::address::AddressStatus,
}

/// Why an identity was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpdateError {
    /// There is none with this id.
    #[error("there is no such identity")]
    NotFound,
    /// It has no such credential.
    #[error("there is no such credential")]
    NoCredential,
    /// No schema has this id.
    #[error("there is no identity schema {0:?}")]
    UnknownSchema(String),
    /// The traits do not follow the schema.
    #[error("the traits do not follow the schema")]
    Traits(Vec<Issue>),
    /// An identifier, address or external id belongs to another identity.
    #[error("an identity with the same identifier, address or external id exists")]
    Duplicate,
    /// Others keep changing the same identity.
    #[error("the identity was changed by somebody else")]
    Stale,
    /// The change itself makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// Storage failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for UpdateError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Conflict(_) => Self::Duplicate,
            error => Self::Db(error),
        }
    }
}

/// An identity with its credentials, as stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) identity: Identity,
    pub(crate) credentials: Vec<Credential>,
}

/// Reads an identity with its credentials.
pub(crate) async fn read(cx: &Cx, id: IdentityId) -> Result<Stored, UpdateError> {
    let stored = cx.db.read(move |conn| {
        let Some(identity) = store::identities::get(conn, id)? else { return Ok(None) };
        let credentials = store::credentials::of_identity(conn, id)?;
        Ok::<_, DbError>(Some(Stored { identity, credentials }))
    });
    stored.await?.ok_or(UpdateError::NotFound)
}

/// How often a change is worked out anew when somebody else was faster.
const ATTEMPTS: usize = 5;

/// Changes an identity: `wanted` works out from what is stored how it shall be.
pub(crate) async fn change(
    cx: &Cx,
    id: IdentityId,
    wanted: impl Fn(&Stored) -> Result<Wanted, UpdateError>,
) -> Result<Stored, UpdateError> {
    for _ in 0..ATTEMPTS {
        let stored = read(cx, id).await?;
        let wanted = wanted(&stored)?;
        let planned = plan(cx, stored, wanted)?;
        if write(cx, planned).await? {
            return read(cx, id).await;
        }
    }
    Err(UpdateError::Stale)
}

/// What is to be written.
struct Plan {
    identity: Identity,
    /// Credentials that are new or another.
    puts: Vec<Credential>,
    removals: Vec<CredentialType>,
}

/// The identity and credentials that follow from what is wanted.
fn plan(cx: &Cx, stored: Stored, wanted: Wanted) -> Result<Plan, UpdateError> {
    let schema =
        cx.schemas.get(&wanted.schema_id).ok_or_else(|| UpdateError::UnknownSchema(wanted.schema_id.clone()))?;
    let issues = schema.validate(&wanted.traits);
    if !issues.is_empty() {
        return Err(UpdateError::Traits(issues));
    }
    let mut identity = Identity {
        schema_id: wanted.schema_id,
        traits: wanted.traits,
        external_id: wanted.external_id,
        metadata_public: wanted.metadata_public,
        metadata_admin: wanted.metadata_admin,
        updated_at: cx.now,
        ..stored.identity
    }
    .in_state(wanted.state, cx.now);
    for verification in wanted.verifications {
        for address in &mut identity.verifiable_addresses {
            let changed = address.verified != verification.verified || address.status != verification.status;
            if address.id == verification.address_id && changed {
                address.verified = verification.verified;
                let at = verification.verified_at.or(address.verified_at).or(Some(cx.now));
                address.verified_at = at.filter(|_| verification.verified);
                address.status = verification.status;
                address.updated_at = cx.now;
            }
        }
    }
    set_addresses(cx, &schema, &mut identity);
    let before = stored.credentials;
    let mut credentials = before.clone();
    for content in wanted.credentials {
        follow::put(cx, &identity, &mut credentials, content);
    }
    follow::traits(cx, &schema, &identity, &mut credentials);
    let gone = |known: &&Credential| !credentials.iter().any(|kept| kept.kind == known.kind);
    let removals = before.iter().filter(gone).map(|known| known.kind).collect();
    credentials.retain(|credential| !before.contains(credential));
    Ok(Plan { identity, puts: credentials, removals })
}

/// Writes a plan; `false` when the identity has changed since it was read.
async fn write(cx: &Cx, planned: Plan) -> Result<bool, UpdateError> {
    let farewell = Farewell::to(cx, planned.identity.id);
    let ends = !planned.identity.is_active();
    let unit = move |conn: &mut AnyConn| {
        if !store::identities::update(conn, &planned.identity)? {
            return Ok(false);
        }
        for kind in &planned.removals {
            store::credentials::remove(conn, planned.identity.id, *kind)?;
        }
        for credential in &planned.puts {
            store::credentials::put(conn, credential)?;
        }
        if ends {
            farewell.disabled(conn)?;
        }
        Ok::<_, UpdateError>(true)
    };
    let written = cx.db.write(unit).await?;
    if written && ends {
        cx.outbox_bell.ring();
    }
    Ok(written)
}

/// Notes that an administrator has changed an identity.
pub(crate) fn note(cx: &Cx, identity: &Identity) {
    tracing::info!(
        target: "audit", event = "IdentityUpdated", identity = %identity.id, state = %identity.state,
        actor = cx.actor(), request = %cx.request_id, "identity updated"
    );
}

/// Makes the addresses of an identity follow its traits.
pub(crate) fn follow_traits(cx: &Cx, schema: &Schema, identity: &mut Identity) {
    set_addresses(cx, schema, identity);
}
