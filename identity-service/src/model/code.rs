//! One-time codes and links: what is stored of them. The secret itself is known to the recipient alone.

use shared_types::{
    id::{AddressId, CodeId, FlowId, IdentityId},
    secret::Digest,
    time::Time,
};

use super::word::words;

words! {
    /// How the secret reaches its owner.
    CodeKind {
        /// Digits to type.
        Code = "code",
        /// A link to follow.
        Link = "link",
    }
}

/// A code or link that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Code {
    pub(crate) id: CodeId,
    /// The only flow in which it can be used.
    pub(crate) flow_id: FlowId,
    pub(crate) kind: CodeKind,
    /// The keyed digest of the secret.
    pub(crate) digest: Digest,
    pub(crate) address_id: AddressId,
    pub(crate) identity_id: IdentityId,
    /// The address it was sent to: if the address has changed since, the code proves nothing.
    pub(crate) address: String,
    pub(crate) created_at: Time,
    pub(crate) expires_at: Time,
}
