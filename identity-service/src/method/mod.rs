//! The ways to sign in, to register and to prove an address. Each is one implementation of [`Method`] in a file of its
//! own; a method never imports another. What is enabled where, and which method a submission is for, is decided here.

mod address;
mod code;
mod link;
mod password;
mod policy;
mod profile;
pub(crate) mod traits;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_types::{db, id::IdentityId};

use crate::{
    app::Cx,
    config::VerificationUse,
    identity::schema::Schema,
    model::{
        flow::{Flow, FlowKind, Open},
        step::Step,
        word::words,
    },
    ui::node::Node,
};

words! {
    /// A method by its name in forms, sessions and the configuration.
    MethodId {
        /// The traits as a step of their own.
        Profile = "profile",
        /// Identifier and password.
        Password = "password",
        /// A one-time code.
        Code = "code",
        /// A one-time link.
        Link = "link",
    }
}

/// What a form is made from, beside the flow.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The identity schema the flow is about.
    pub(crate) schema: Option<&'a Schema>,
    /// Who is asked to confirm himself.
    pub(crate) who: Option<&'a Subject>,
}

/// A person who is signed in and confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Who it is.
    pub(crate) identity_id: IdentityId,
    /// What he signs in with.
    pub(crate) identifiers: Vec<String>,
}

/// One submission, as a method sees it.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The flow; its messages are taken away already.
    pub(crate) flow: &'a Open,
    /// The identity schema the flow is about.
    pub(crate) schema: Option<&'a Schema>,
    /// How the submission was written.
    pub(crate) encoding: Encoding,
    /// The client's address, for quotas.
    pub(crate) client: &'a str,
}

/// How a submission was written: forms know texts alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As a form.
    Form,
    /// As JSON.
    Json,
}

/// A failure that is not the person's to mend.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MethodError {
    /// The submission cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// Too many tries.
    #[error("too many tries")]
    Limited(Duration),
    /// Too much is being hashed.
    #[error("the hashing pool is full")]
    Busy,
    /// Another service failed.
    #[error("an upstream service failed: {0}")]
    Upstream(String),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// One way to sign in, to register or to prove an address.
pub(crate) trait Method {
    /// Its name.
    const ID: MethodId;
    /// The flows it takes part in.
    const FLOWS: &'static [FlowKind];
    /// What it reads of a submission.
    type Input: DeserializeOwned;

    /// What it adds to the first form of a flow.
    fn nodes(cx: &Cx, flow: &Flow, scene: Scene<'_>) -> Vec<Node>;

    /// What a submission leads to.
    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Self::Input) -> Result<Step, MethodError>;
}

impl MethodId {
    /// The flows this method takes part in.
    fn flows(self) -> &'static [FlowKind] {
        match self {
            Self::Profile => profile::Profile::FLOWS,
            Self::Password => password::Password::FLOWS,
            Self::Code => code::Code::FLOWS,
            Self::Link => link::Link::FLOWS,
        }
    }

    /// Whether this method is switched on for such flows.
    pub(crate) fn is_enabled(self, cx: &Cx, kind: FlowKind) -> bool {
        let config = &cx.config.selfservice;
        let on = match self {
            Self::Profile => config.registration.two_step,
            Self::Password => config.password.enabled,
            Self::Code => config.code.enabled && config.verification.strategy == VerificationUse::Code,
            Self::Link => config.link.enabled && config.verification.strategy == VerificationUse::Link,
        };
        on && self.flows().contains(&kind)
    }

    /// What this method adds to the first form of a flow.
    pub(crate) fn nodes(self, cx: &Cx, flow: &Flow, scene: Scene<'_>) -> Vec<Node> {
        match self {
            Self::Profile => profile::Profile::nodes(cx, flow, scene),
            Self::Password => password::Password::nodes(cx, flow, scene),
            Self::Code => code::Code::nodes(cx, flow, scene),
            Self::Link => link::Link::nodes(cx, flow, scene),
        }
    }

    /// What a submission to this method leads to.
    pub(crate) async fn submit(self, cx: &Cx, attempt: Attempt<'_>, body: Value) -> Result<Step, MethodError> {
        match self {
            Self::Profile => run::<profile::Profile>(cx, attempt, body).await,
            Self::Password => run::<password::Password>(cx, attempt, body).await,
            Self::Code => run::<code::Code>(cx, attempt, body).await,
            Self::Link => run::<link::Link>(cx, attempt, body).await,
        }
    }
}

async fn run<M: Method>(cx: &Cx, attempt: Attempt<'_>, body: Value) -> Result<Step, MethodError> {
    let input = serde_json::from_value(body)
        .map_err(|error| MethodError::Malformed(format!("The method {} cannot read this: {error}", M::ID)))?;
    M::submit(cx, attempt, input).await
}

/// The methods that take part in such flows, in the order in which they are asked (contract §0.5).
pub(crate) fn enabled(cx: &Cx, kind: FlowKind) -> Vec<MethodId> {
    MethodId::ALL.iter().copied().filter(|id| id.is_enabled(cx, kind)).collect()
}

/// Which method a submission is for: the one it names, else the first that finds a field of its own.
pub(crate) fn addressed(cx: &Cx, kind: FlowKind, body: &Value) -> Option<MethodId> {
    let filled = |name: &str| body.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let marked = |id: MethodId| match id {
        MethodId::Profile => filled("screen"),
        MethodId::Password => filled("password"),
        MethodId::Code => filled("code") || filled("email"),
        MethodId::Link => filled("token") || filled("email"),
    };
    let methods = enabled(cx, kind);
    // A button that leads to another screen is meant, whatever method a hidden input names.
    if kind == FlowKind::Registration && filled("screen") && methods.contains(&MethodId::Profile) {
        return Some(MethodId::Profile);
    }
    match body.get("method").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        Some(name) => methods.into_iter().find(|id| id.as_str() == name),
        None => methods.into_iter().find(|id| marked(*id)),
    }
}
