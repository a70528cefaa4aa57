//! New identities: by registration, by the admin API, by import. Everything is checked and made before the write, which
//! only inserts.

use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::{AddressId, IdentityId},
    time::Time,
};

use super::{
    follow,
    schema::{Issue, Schema},
    vault,
};
use crate::{
    app::Cx,
    model::{
        address::{AddressStatus, RecoveryAddress, VerifiableAddress, Via},
        credential::{self, Credential, NewCredential},
        identity::{Identity, IdentityState},
        traits::Traits,
    },
    store,
};

/// What a new identity is made from.
#[derive(Debug, Clone)]
pub(crate) struct NewIdentity {
    /// Chosen by whoever has to name it before it is written; by chance otherwise.
    pub(crate) id: Option<IdentityId>,
    pub(crate) schema_id: String,
    pub(crate) traits: Traits,
    pub(crate) state: IdentityState,
    pub(crate) external_id: Option<String>,
    pub(crate) metadata_public: Option<Value>,
    pub(crate) metadata_admin: Option<Value>,
    pub(crate) credentials: Vec<NewCredential>,
    /// What is already known of its addresses.
    pub(crate) known_addresses: Vec<KnownAddress>,
}

impl NewIdentity {
    /// What a registration says.
    pub(crate) const fn registered(schema_id: String, traits: Traits, credentials: Vec<NewCredential>) -> Self {
        Self {
            id: None,
            schema_id,
            traits,
            state: IdentityState::Active,
            external_id: None,
            metadata_public: None,
            metadata_admin: None,
            credentials,
            known_addresses: Vec::new(),
        }
    }
}

/// What an import says of an address.
#[derive(Debug, Clone)]
pub(crate) struct KnownAddress {
    pub(crate) via: Via,
    /// In normal form.
    pub(crate) value: String,
    pub(crate) verified: bool,
    pub(crate) verified_at: Option<Time>,
    pub(crate) status: AddressStatus,
}

/// Why there is no new identity.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    /// No schema has this id.
    #[error("there is no identity schema {0:?}")]
    UnknownSchema(String),
    /// The traits do not follow the schema.
    #[error("the traits do not follow the schema")]
    Traits(Vec<Issue>),
    /// An identifier, address or external id belongs to another identity.
    #[error("an identity with the same identifier, address or external id exists")]
    Duplicate,
    /// Storage failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for CreateError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Conflict(_) => Self::Duplicate,
            error => Self::Db(error),
        }
    }
}

/// An identity that only has to be written.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) identity: Identity,
    credentials: Vec<Credential>,
}

/// Checks the traits and makes identity, addresses and credentials. Who may write which trait is checked before, by
/// [`Schema::check_user_write`], where a user is writing.
pub(crate) fn prepare(cx: &Cx, new: NewIdentity) -> Result<Prepared, CreateError> {
    let schema = cx.schemas.get(&new.schema_id).ok_or_else(|| CreateError::UnknownSchema(new.schema_id.clone()))?;
    let issues = schema.validate(&new.traits);
    if !issues.is_empty() {
        return Err(CreateError::Traits(issues));
    }
    let id = new.id.unwrap_or_else(|| IdentityId::random(&*cx.entropy));
    let mut identity = Identity {
        id,
        external_id: new.external_id,
        schema_id: new.schema_id,
        state: new.state,
        state_changed_at: Some(cx.now),
        verifiable_addresses: Vec::new(),
        recovery_addresses: Vec::new(),
        traits: new.traits,
        metadata_public: new.metadata_public,
        metadata_admin: new.metadata_admin,
        factors: Vec::new(),
        created_at: cx.now,
        updated_at: cx.now,
        revision: 0,
    };
    set_addresses(cx, &schema, &mut identity);
    know(cx, &mut identity, &new.known_addresses);
    let made = new.credentials.into_iter().map(|new| Credential {
        identifiers: match new.identifiers {
            none if none.is_empty() => follow::own_identifiers(&identity, new.kind, &new.config),
            given => given,
        },
        ..follow::fresh(cx, &identity, new.kind, vault::seal(cx, new.kind, new.config))
    });
    let mut credentials: Vec<Credential> = made.collect();
    follow::traits(cx, &schema, &identity, &mut credentials);
    identity.factors = credential::factors(&credentials);
    Ok(Prepared { identity, credentials })
}

/// Notes what is known of the addresses of an identity.
pub(crate) fn know(cx: &Cx, identity: &mut Identity, known: &[KnownAddress]) {
    for known in known {
        for address in &mut identity.verifiable_addresses {
            if address.via == known.via && address.value == known.value {
                address.verified = known.verified;
                address.verified_at = known.verified_at.or_else(|| known.verified.then_some(cx.now));
                address.status = known.status;
            }
        }
    }
}

/// Writes a prepared identity.
pub(crate) fn insert(conn: &mut AnyConn, new: &Prepared) -> Result<(), CreateError> {
    store::identities::insert(conn, &new.identity)?;
    for credential in &new.credentials {
        store::credentials::insert(conn, credential)?;
    }
    Ok(())
}

/// Writes a prepared identity in a unit of work of its own, and notes it.
pub(crate) async fn write(cx: &Cx, new: Prepared) -> Result<Prepared, CreateError> {
    let written = new.clone();
    cx.db.write(move |conn| insert(conn, &written)).await?;
    tracing::info!(
        target: "audit", event = "IdentityCreated", identity = %new.identity.id, actor = cx.actor(),
        request = %cx.request_id, "identity created"
    );
    Ok(new)
}

impl Prepared {
    /// The credentials, for the answer.
    pub(crate) fn credentials(&self) -> &[Credential] {
        &self.credentials
    }
}

/// Makes the addresses of an identity follow its traits: equal ones keep what is known of them, others come and go.
pub(super) fn set_addresses(cx: &Cx, schema: &Schema, identity: &mut Identity) {
    let verifiable = schema.verifiable(&identity.traits).into_iter().map(|(via, value)| {
        let known = identity.verifiable(via, &value).cloned();
        let id = || AddressId::ordered(cx.now, &*cx.entropy);
        known.unwrap_or_else(|| VerifiableAddress::unverified(id(), value, via, cx.now))
    });
    let recovery = schema.recovery(&identity.traits).into_iter().map(|(via, value)| {
        let known = identity.recovery_addresses.iter().find(|known| known.via == via && known.value == value);
        known.cloned().unwrap_or_else(|| RecoveryAddress {
            id: AddressId::ordered(cx.now, &*cx.entropy),
            value,
            via,
            created_at: cx.now,
            updated_at: cx.now,
        })
    });
    let (verifiable, recovery) = (verifiable.collect(), recovery.collect());
    identity.verifiable_addresses = verifiable;
    identity.recovery_addresses = recovery;
}
