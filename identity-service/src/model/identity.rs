//! An identity: a person or machine that can sign in (contract §10.1).

use serde_json::Value;
use shared_types::{id::IdentityId, time::Time};

use super::{
    address::{RecoveryAddress, VerifiableAddress, Via},
    credential::Factor,
    traits::Traits,
    word::words,
};

words! {
    /// Whether an identity may sign in.
    IdentityState {
        /// May sign in.
        Active = "active",
        /// May not sign in, and holds no valid session.
        Inactive = "inactive",
    }
}

/// An identity without its credentials.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identity {
    pub(crate) id: IdentityId,
    /// The administrator's own id for it; unique when set.
    pub(crate) external_id: Option<String>,
    pub(crate) schema_id: String,
    pub(crate) state: IdentityState,
    pub(crate) state_changed_at: Option<Time>,
    pub(crate) traits: Traits,
    pub(crate) verifiable_addresses: Vec<VerifiableAddress>,
    pub(crate) recovery_addresses: Vec<RecoveryAddress>,
    /// Any JSON, shown to the identity.
    pub(crate) metadata_public: Option<Value>,
    /// Any JSON, shown to administrators alone.
    pub(crate) metadata_admin: Option<Value>,
    /// What its credentials let it prove.
    pub(crate) factors: Vec<Factor>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    /// Counts changes, so that two writers cannot overwrite each other unseen.
    pub(crate) revision: i64,
}

impl Identity {
    /// May this identity sign in?
    pub(crate) fn is_active(&self) -> bool {
        self.state == IdentityState::Active
    }

    /// The verifiable address with this value and channel.
    pub(crate) fn verifiable(&self, via: Via, value: &str) -> Option<&VerifiableAddress> {
        self.verifiable_addresses.iter().find(|address| address.via == via && address.value == value)
    }

    /// Whether at least one e-mail address is proved.
    pub(crate) fn has_verified_email(&self) -> bool {
        self.verifiable_addresses.iter().any(|address| address.via == Via::Email && address.verified)
    }

    /// The same identity in another state; stamps the change when it is one.
    #[must_use]
    pub(crate) fn in_state(self, state: IdentityState, now: Time) -> Self {
        if self.state == state {
            return self;
        }
        Self { state, state_changed_at: Some(now), ..self }
    }
}
