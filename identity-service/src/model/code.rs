//! One-time codes and links: what is stored of them. The secret itself is known to the recipient alone.

use shared_types::{
    id::{CodeId, FlowId, IdentityId},
    secret::Digest,
    time::Time,
};

use super::{address::Via, flow::FlowKind, word::words};

words! {
    /// How the secret reaches its owner.
    CodeKind {
        /// Digits to type.
        Code = "code",
        /// A link to follow.
        Link = "link",
    }
}

/// What digests of the codes and links of a kind of flow are made for: one sent in a login proves nothing in a recovery.
pub(crate) const fn purpose(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Login => "login code",
        FlowKind::Registration => "registration code",
        FlowKind::Verification => "verification",
        FlowKind::Recovery => "recovery code",
        FlowKind::Settings => "settings code",
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
    /// Whose it is; nobody's yet while somebody registers.
    pub(crate) identity_id: Option<IdentityId>,
    pub(crate) via: Via,
    /// The address it was sent to: if the address has changed since, the code proves nothing.
    pub(crate) address: String,
    pub(crate) created_at: Time,
    pub(crate) expires_at: Time,
}
