//! Addresses of an identity that can be verified or used for recovery (contract §4.2).

use serde::Serialize;
use shared_types::{id::AddressId, time::Time};

use super::word::words;

words! {
    /// How an address is reached.
    Via {
        /// E-mail.
        Email = "email",
        /// Text message.
        Sms = "sms",
    }
}

words! {
    /// How far the verification of an address has come.
    AddressStatus {
        /// Nothing was sent yet.
        Pending = "pending",
        /// A code or link is on its way.
        Sent = "sent",
        /// The owner has proved it.
        Completed = "completed",
    }
}

/// An address whose owner can prove it. Serialises as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct VerifiableAddress {
    pub(crate) id: AddressId,
    /// The address in its normal form.
    pub(crate) value: String,
    pub(crate) verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified_at: Option<Time>,
    pub(crate) via: Via,
    pub(crate) status: AddressStatus,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl VerifiableAddress {
    /// Its owner has proved it.
    pub(crate) const fn prove(&mut self, now: Time) {
        self.verified = true;
        self.verified_at = Some(now);
        self.status = AddressStatus::Completed;
        self.updated_at = now;
    }

    /// A fresh address nobody has proved.
    pub(crate) const fn unverified(id: AddressId, value: String, via: Via, now: Time) -> Self {
        Self {
            id,
            value,
            verified: false,
            verified_at: None,
            via,
            status: AddressStatus::Pending,
            created_at: now,
            updated_at: now,
        }
    }
}

/// An address through which an account can be recovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RecoveryAddress {
    pub(crate) id: AddressId,
    /// The address in its normal form.
    pub(crate) value: String,
    pub(crate) via: Via,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}
