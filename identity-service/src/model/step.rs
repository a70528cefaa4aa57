//! What a method answers to a submission. A method never writes a response, a cookie or a session: the flow does
//! what a step asks for.

use serde_json::Value;
use shared_types::{
    id::{CredentialId, IdentityId},
    secret::Secret,
};
use url::Url;

use super::{
    address::Via,
    arrival::Arrival,
    code::CodeKind,
    credential::{Credential, CredentialType, Link, NewCredential},
    failure::AccountKey,
    flow::FlowState,
    identity::Identity,
    session::AuthenticationMethod,
    traits::Traits,
};
use crate::ui::node::Container;

/// The outcome of a submission.
#[derive(Debug)]
#[must_use]
pub(crate) enum Step {
    /// Something has to be mended: the form with its messages.
    Again(Container),
    /// Another screen of the same flow, and all is well.
    Screen(Screen),
    /// Registration: the traits are in order, and a credential is to be chosen next.
    Described(Traits),
    /// Registration: back to the traits.
    Back,
    /// Registration: back from the code to the choice of a credential.
    ChooseAgain,
    /// Login: an identifier was named; what its owner can sign in with comes next.
    Identified(Box<Identified>),
    /// Login: it was shown who the person is.
    Proved(Box<Proof>),
    /// Registration: everything a new identity needs.
    Drafted(Box<Draft>),
    /// A code or link is to be sent.
    Sent(Box<Outbox>),
    /// Verification, recovery: a code or link has come back.
    Redeem(Redeem),
    /// Settings: something is to be changed.
    Changed(Box<ChangeSet>),
    /// The browser has to go to another site, and comes back.
    Away(Away),
    /// A provider has said who somebody is.
    Arrived(Box<Arrival>),
}

impl Step {
    /// Whether nothing came of the submission but another look at the form, or at its other page.
    pub(crate) const fn took_nothing(&self) -> bool {
        matches!(self, Self::Again(_) | Self::Described(_) | Self::Back)
    }
}

/// Another screen.
#[derive(Debug)]
pub(crate) struct Screen {
    /// What it shows.
    pub(crate) form: Container,
    /// How far the flow has come with it.
    pub(crate) state: FlowState,
    /// What the method wants to find again: a name and a sealed text.
    pub(crate) memory: Option<(&'static str, String)>,
    /// Whether JSON clients are told by 400 that another step follows (contract §2.10).
    pub(crate) told_as_error: bool,
    /// Whether it is for those alone who have proved themselves not long ago.
    pub(crate) privileged: bool,
    /// Whether even scripts have to load the page anew (contract §2.10).
    pub(crate) navigates: bool,
}

impl Screen {
    /// A screen that is shown as a success.
    pub(crate) const fn new(form: Container, state: FlowState) -> Self {
        Self { form, state, memory: None, told_as_error: false, privileged: false, navigates: false }
    }
}

/// The owner of an identifier, if anybody is.
#[derive(Debug)]
pub(crate) struct Identified {
    /// As it was typed.
    pub(crate) identifier: String,
    /// Who it is.
    pub(crate) owner: Option<(Identity, Vec<Credential>)>,
}

/// Another site.
#[derive(Debug)]
pub(crate) struct Away {
    /// Where to go.
    pub(crate) url: Url,
    /// What the method wants to find again.
    pub(crate) memory: Option<(&'static str, String)>,
    /// What the browser shows when it comes back, so that nobody else can come in its place.
    pub(crate) ticket: Option<String>,
    /// Whether it is for those alone who have proved themselves not long ago.
    pub(crate) privileged: bool,
}

/// That somebody is who he says, and how it was shown.
#[derive(Debug)]
pub(crate) struct Proof {
    /// Who it is.
    pub(crate) identity: Identity,
    /// By which method, and what that is worth.
    pub(crate) by: AuthenticationMethod,
    /// The account whose failures are forgotten now.
    pub(crate) account: Option<AccountKey>,
    /// Credentials that change with it.
    pub(crate) swaps: Vec<Swap>,
    /// An address that was proven by the way.
    pub(crate) address: Option<(Via, String)>,
    /// Whether it is worth nothing once the flow has gone on without it, as an answer to a challenge of the flow is.
    pub(crate) once: bool,
}

/// A credential's content, to be replaced if it is still what it was.
#[derive(Debug, Clone)]
pub(crate) struct Swap {
    /// Which credential.
    pub(crate) id: CredentialId,
    /// As it was read.
    pub(crate) before: Value,
    /// As it shall be; its secrets are sealed.
    pub(crate) after: Value,
    /// Whether the proof is worth nothing without it, as a backup code that somebody else was quicker to use.
    pub(crate) required: bool,
}

/// A new identity before it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The schema its traits follow.
    pub(crate) schema_id: String,
    /// Checked against that schema, and free of what only an administrator may write.
    pub(crate) traits: Traits,
    /// What it signs in with.
    pub(crate) credentials: Vec<NewCredential>,
    /// By which method it proves itself as it registers.
    pub(crate) by: AuthenticationMethod,
    /// Addresses that are proven already.
    pub(crate) addresses: Vec<(Via, String)>,
    /// What a provider's mapping says of it.
    pub(crate) metadata_public: Option<Value>,
    /// The same, for administrators.
    pub(crate) metadata_admin: Option<Value>,
    /// What an account that exists already may link instead.
    pub(crate) offer: Option<Offer>,
}

/// An account at a provider, for an account here whose owner confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The provider's id.
    pub(crate) provider: String,
    /// The account there.
    pub(crate) link: Link,
    /// An address of it that nobody has proven.
    pub(crate) unproven: Option<String>,
}

impl Draft {
    /// A person who registers with these credentials and nothing else.
    pub(crate) fn new(
        schema_id: &str,
        traits: Traits,
        credential: Option<NewCredential>,
        by: AuthenticationMethod,
    ) -> Self {
        Self {
            schema_id: schema_id.to_owned(),
            traits,
            credentials: credential.into_iter().collect(),
            by,
            addresses: Vec::new(),
            metadata_public: None,
            metadata_admin: None,
            offer: None,
        }
    }
}

/// A code or link to be sent, and the screen that takes it.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// How the secret travels.
    pub(crate) kind: CodeKind,
    /// Where to: each gets a secret of its own.
    pub(crate) targets: Vec<Target>,
    /// The traits of somebody who is about to register: there is no owner yet, and the code is sent all the same.
    pub(crate) newcomer: Option<Traits>,
    /// The screen that takes it.
    pub(crate) screen: Screen,
}

/// Where a code or link goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// How the address is reached.
    pub(crate) via: Via,
    /// In normal form.
    pub(crate) address: String,
    /// Whose address it is; nobody's, and the answer is the same.
    pub(crate) owner: Option<IdentityId>,
}

/// A secret that was sent and has come back.
#[derive(Debug)]
pub(crate) struct Redeem {
    /// How it travelled.
    pub(crate) kind: CodeKind,
    /// The secret as entered.
    pub(crate) secret: Secret<String>,
}

/// What a settings submission changes.
#[derive(Debug, Clone)]
pub(crate) struct ChangeSet {
    /// The method's key in the configuration of hooks.
    pub(crate) method: &'static str,
    /// The owner's traits as they shall be, checked against the schema and against what only an administrator may write.
    pub(crate) traits: Option<Traits>,
    /// Credentials as they shall be; their secrets are in clear.
    pub(crate) puts: Vec<NewCredential>,
    /// Credentials that go.
    pub(crate) removals: Vec<CredentialType>,
    /// Credentials as they were read: the change was worked out from these alone.
    pub(crate) expected: Vec<(CredentialType, Option<Value>)>,
    /// Whether it needs a session whose owner has proved himself not long ago.
    pub(crate) privileged: bool,
    /// What was proved by the way: it is noted in the session.
    pub(crate) proves: Option<AuthenticationMethod>,
    /// Names under which the flow remembers nothing any more.
    pub(crate) forget: Vec<&'static str>,
}

impl ChangeSet {
    /// A change of nothing yet, by a method.
    pub(crate) fn of(method: &'static str) -> Self {
        Self {
            method,
            traits: None,
            puts: Vec::new(),
            removals: Vec::new(),
            expected: Vec::new(),
            privileged: true,
            proves: None,
            forget: Vec::new(),
        }
    }
}
