//! What a method answers to a submission. A method never writes a response, a cookie or a session: the flow does
//! what a step asks for.

use serde_json::Value;
use shared_types::{
    id::{AddressId, CredentialId, IdentityId},
    secret::Secret,
};

use super::{code::CodeKind, failure::AccountKey, identity::Identity, traits::Traits};
use crate::ui::node::Container;

/// The outcome of a submission.
#[derive(Debug)]
#[must_use]
pub(crate) enum Step {
    /// Something has to be mended: the form with its messages.
    Again(Container),
    /// Registration: the traits are in order, and a credential is to be chosen next.
    Described(Traits),
    /// Registration: back to the traits.
    Back,
    /// Login: it was shown who the person is.
    Proved(Box<Proof>),
    /// Registration: everything a new identity needs.
    Drafted(Box<Draft>),
    /// Verification: a code or link is asked for.
    Sent(Outbox),
    /// Verification: a code or link has come back.
    Redeem(Redeem),
}

/// That somebody is who he says, and how it was shown.
#[derive(Debug)]
pub(crate) struct Proof {
    /// Who it is.
    pub(crate) identity: Identity,
    /// The method's name as sessions list it.
    pub(crate) method: &'static str,
    /// The account whose failures are forgotten now.
    pub(crate) account: AccountKey,
    /// A better hash of the same password, when one is due.
    pub(crate) rehash: Option<Rehash>,
}

/// A credential's configuration, to be replaced if it is still what it was.
#[derive(Debug, Clone)]
pub(crate) struct Rehash {
    /// Which credential.
    pub(crate) id: CredentialId,
    /// As it was read.
    pub(crate) before: Value,
    /// As it shall be.
    pub(crate) after: Value,
}

/// A new identity before it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The schema its traits follow.
    pub(crate) schema_id: String,
    /// Checked against that schema, and free of what only an administrator may write.
    pub(crate) traits: Traits,
    /// The hash of its password.
    pub(crate) hashed_password: Secret<String>,
    /// The method's name as sessions list it.
    pub(crate) method: &'static str,
}

/// A code or link to be sent.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// How the secret travels.
    pub(crate) kind: CodeKind,
    /// Where to, in normal form.
    pub(crate) address: String,
    /// Whose address it is; nobody's, and the answer is the same.
    pub(crate) owner: Option<Owner>,
}

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The address.
    pub(crate) address_id: AddressId,
    /// Its identity.
    pub(crate) identity_id: IdentityId,
}

/// A secret that was sent and has come back.
#[derive(Debug)]
pub(crate) struct Redeem {
    /// How it travelled.
    pub(crate) kind: CodeKind,
    /// The secret as entered.
    pub(crate) secret: Secret<String>,
}
