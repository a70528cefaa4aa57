//! The ways to sign in, to register, to prove an address and to change one's account. Each is one implementation of
//! [`Method`] in a file or folder of its own; a method never imports another. What is enabled where, and which method a
//! submission is for, is decided here.

mod address;
mod authenticator;
mod code;
pub(crate) mod exchange;
mod identifier_first;
mod link;
mod lookup_secret;
mod memory;
mod off;
pub(crate) mod oidc;
mod passkey;
mod password;
mod policy;
mod profile;
mod second_factor;
mod totp;
pub(crate) mod traits;
mod webauthn;

pub(crate) use self::{
    address::{recovery_sent, verification_sent},
    code::reaches as code_reaches,
    off::switched_off,
};

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_types::{db, http::limit::RetryAfter};

use crate::{
    app::Cx,
    config::Delivery,
    hash,
    identity::{schema::Schema, vault},
    model::{
        credential::{Credential, CredentialType},
        flow::{Flow, FlowKind, Open},
        identity::Identity,
        session::Aal,
        step::Step,
        word::words,
    },
    ui::node::Node,
};

words! {
    /// A method by its name in forms, sessions and the configuration, in the order in which they are asked (contract §0.5).
    MethodId {
        /// The traits.
        Profile = "profile",
        /// Identifier and password.
        Password = "password",
        /// Other providers.
        Oidc = "oidc",
        /// A one-time code.
        Code = "code",
        /// A one-time link.
        Link = "link",
        /// An authenticator app.
        Totp = "totp",
        /// A key its authenticator finds by itself.
        Passkey = "passkey",
        /// A security key.
        WebAuthn = "webauthn",
        /// Backup codes.
        LookupSecret = "lookup_secret",
        /// The identifier, before anything else is asked.
        IdentifierFirst = "identifier_first",
    }
}

/// What a form is made from, beside the flow.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The identity schema the flow is about.
    pub(crate) schema: Option<&'a Schema>,
    /// Who it is about: who confirms himself, adds a second factor, or changes his account.
    pub(crate) who: Option<&'a Subject>,
}

/// A person who is known, with what he can prove himself by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subject {
    /// Who it is.
    pub(crate) identity: Identity,
    /// All his credentials, as stored.
    pub(crate) credentials: Vec<Credential>,
}

impl Subject {
    /// His credential of a type.
    pub(crate) fn credential(&self, kind: CredentialType) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.kind == kind)
    }

    /// The content of his credential of a type, in clear; nothing when he has none.
    pub(crate) fn content<T: DeserializeOwned>(&self, cx: &Cx, kind: CredentialType) -> Result<Option<T>, MethodError> {
        self.credential(kind).map(|credential| content(cx, credential)).transpose()
    }
}

/// The content of a credential, in clear. One that cannot be read is a fault of the installation, not of the person.
pub(crate) fn content<T: DeserializeOwned>(cx: &Cx, credential: &Credential) -> Result<T, MethodError> {
    let clear = vault::open(cx, credential).map_err(|error| {
        tracing::error!(identity = %credential.identity_id, %error, "a credential cannot be opened");
        MethodError::Store(db::Error::backend(error.to_string()))
    })?;
    serde_json::from_value(clear).map_err(|error| {
        let what = format!("the {} credential of {} cannot be read: {error}", credential.kind, credential.identity_id);
        MethodError::Store(db::Error::backend(what))
    })
}

/// One submission, as a method sees it.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The flow; its messages are taken away already.
    pub(crate) flow: &'a Open,
    /// The identity schema the flow is about.
    pub(crate) schema: Option<&'a Schema>,
    /// Who is signed in, where that matters.
    pub(crate) who: Option<&'a Subject>,
    /// How the submission was written.
    pub(crate) encoding: Encoding,
    /// The client's address, for quotas.
    pub(crate) client: &'a str,
}

impl<'a> Attempt<'a> {
    /// Who is signed in; without anybody the submission is for another flow than this.
    pub(crate) fn subject(&self) -> Result<&'a Subject, MethodError> {
        self.who.ok_or_else(|| MethodError::Malformed("Nobody is signed in.".to_owned()))
    }
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
    /// There is no such thing.
    #[error("{0}")]
    Unknown(String),
    /// Another service failed.
    #[error("an upstream service failed: {0}")]
    Upstream(String),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<RetryAfter> for MethodError {
    fn from(RetryAfter(wait): RetryAfter) -> Self {
        Self::Limited(wait)
    }
}

impl From<hash::Error> for MethodError {
    fn from(_: hash::Error) -> Self {
        Self::Busy
    }
}

/// One way to sign in, to register, to prove an address or to change one's account.
pub(crate) trait Method {
    /// Its name.
    const ID: MethodId;
    /// What it reads of a submission.
    type Input: DeserializeOwned;

    /// What it adds to the form of a flow. What it wants to find again at the submission it keeps in the flow.
    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node>;

    /// What a submission leads to.
    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Self::Input) -> Result<Step, MethodError>;
}

impl MethodId {
    /// Whether this method takes part in a flow: whether it is switched on for it.
    pub(crate) fn takes_part(self, cx: &Cx, flow: &Flow) -> bool {
        let config = &cx.config.selfservice;
        let methods = &config.methods;
        let second = flow.data.requested_aal == Aal::Aal2;
        if flow.data.trial.is_some() {
            return self == Self::Oidc && methods.oidc.enabled;
        }
        match (flow.kind, self) {
            (FlowKind::Login, Self::Password) => methods.password.enabled && !second,
            (FlowKind::Login, Self::Oidc) => methods.oidc.enabled && !second,
            (FlowKind::Login, Self::Code) if second => methods.code.mfa,
            (FlowKind::Login | FlowKind::Registration, Self::Code) => methods.code.passwordless,
            (FlowKind::Login, Self::Totp) => methods.totp.enabled && second,
            (FlowKind::Login, Self::LookupSecret) => methods.lookup_secret && second,
            (FlowKind::Login | FlowKind::Registration | FlowKind::Settings, Self::Passkey) => {
                methods.passkey.enabled && !second
            }
            (_, Self::WebAuthn) => asks_security_keys(cx, flow),
            (FlowKind::Login, Self::IdentifierFirst) => config.login.identifier_first && !second && !flow.data.refresh,
            (FlowKind::Registration, Self::Profile) => config.registration.two_step,
            (FlowKind::Registration | FlowKind::Settings, Self::Password) => methods.password.enabled,
            (FlowKind::Registration | FlowKind::Settings, Self::Oidc) => methods.oidc.enabled,
            (FlowKind::Verification, Self::Code) => {
                methods.code.enabled && config.verification.strategy == Delivery::Code
            }
            (FlowKind::Verification, Self::Link) => {
                methods.link.enabled && config.verification.strategy == Delivery::Link
            }
            (FlowKind::Recovery, Self::Code) => methods.code.enabled && config.recovery.strategy == Delivery::Code,
            (FlowKind::Recovery, Self::Link) => methods.link.enabled && config.recovery.strategy == Delivery::Link,
            (FlowKind::Settings, Self::Profile) => methods.profile,
            (FlowKind::Settings, Self::Totp) => methods.totp.enabled,
            (FlowKind::Settings, Self::LookupSecret) => methods.lookup_secret,
            _ => false,
        }
    }

    /// Whether a first screen leaves this method to the second one: until there are traits, or an identifier.
    pub(crate) fn comes_second(self, cx: &Cx, flow: &Flow) -> bool {
        match flow.kind {
            FlowKind::Registration => !matches!(self, Self::Profile | Self::Oidc) && Self::Profile.takes_part(cx, flow),
            FlowKind::Login => {
                matches!(self, Self::Password | Self::Code | Self::WebAuthn)
                    && Self::IdentifierFirst.takes_part(cx, flow)
            }
            _ => false,
        }
    }

    /// What this method adds to the form of a flow.
    pub(crate) fn nodes(self, cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        match self {
            Self::Profile => profile::Profile::nodes(cx, flow, scene),
            Self::Password => password::Password::nodes(cx, flow, scene),
            Self::Oidc => oidc::Oidc::nodes(cx, flow, scene),
            Self::Code => code::Code::nodes(cx, flow, scene),
            Self::Link => link::Link::nodes(cx, flow, scene),
            Self::Totp => totp::TotpApp::nodes(cx, flow, scene),
            Self::Passkey => passkey::Passkey::nodes(cx, flow, scene),
            Self::WebAuthn => webauthn::WebAuthn::nodes(cx, flow, scene),
            Self::LookupSecret => lookup_secret::LookupSecret::nodes(cx, flow, scene),
            Self::IdentifierFirst => identifier_first::IdentifierFirst::nodes(cx, flow, scene),
        }
    }

    /// What a submission to this method leads to.
    pub(crate) async fn submit(self, cx: &Cx, attempt: Attempt<'_>, body: Value) -> Result<Step, MethodError> {
        match self {
            Self::Profile => run::<profile::Profile>(cx, attempt, body).await,
            Self::Password => run::<password::Password>(cx, attempt, body).await,
            Self::Oidc => Box::pin(run::<oidc::Oidc>(cx, attempt, body)).await,
            Self::Code => Box::pin(run::<code::Code>(cx, attempt, body)).await,
            Self::Link => run::<link::Link>(cx, attempt, body).await,
            Self::Totp => run::<totp::TotpApp>(cx, attempt, body).await,
            Self::Passkey => Box::pin(run::<passkey::Passkey>(cx, attempt, body)).await,
            Self::WebAuthn => Box::pin(run::<webauthn::WebAuthn>(cx, attempt, body)).await,
            Self::LookupSecret => run::<lookup_secret::LookupSecret>(cx, attempt, body).await,
            Self::IdentifierFirst => run::<identifier_first::IdentifierFirst>(cx, attempt, body).await,
        }
    }

    /// The fields by which a submission shows that it is for this method when it names none.
    const fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Profile => &["screen"],
            Self::Password => &["password"],
            Self::Oidc => &["provider", "link", "unlink"],
            Self::Code => &[
                "code",
                "email",
                "resend",
                "address",
                "recovery_address",
                "recovery_select_address",
                "recovery_confirm_address",
            ],
            Self::Link => &["token", "email"],
            Self::Totp => &["totp_code", "totp_unlink"],
            Self::Passkey => &["passkey_login", "passkey_register", "passkey_settings_register", "passkey_remove"],
            Self::WebAuthn => &["webauthn_login", "webauthn_register", "webauthn_remove"],
            Self::LookupSecret => &[
                "lookup_secret",
                "lookup_secret_reveal",
                "lookup_secret_regenerate",
                "lookup_secret_confirm",
                "lookup_secret_disable",
            ],
            Self::IdentifierFirst => &["identifier"],
        }
    }
}

/// Browsers alone have a script to ask security keys with. Whoever is known may use the keys he has.
fn asks_security_keys(cx: &Cx, flow: &Flow) -> bool {
    let config = &cx.config.selfservice.methods.webauthn;
    let known = flow.data.requested_aal == Aal::Aal2 || flow.data.refresh;
    let here = match flow.kind {
        FlowKind::Login => config.passwordless || known,
        FlowKind::Registration => config.passwordless,
        FlowKind::Settings => true,
        FlowKind::Verification | FlowKind::Recovery => false,
    };
    config.enabled && flow.is_browser() && here
}

async fn run<M: Method>(cx: &Cx, attempt: Attempt<'_>, body: Value) -> Result<Step, MethodError> {
    let input = serde_json::from_value(body)
        .map_err(|error| MethodError::Malformed(format!("The method {} cannot read this: {error}", M::ID)))?;
    M::submit(cx, attempt, input).await
}

/// The methods that take part in a flow, in the order in which they are asked.
pub(crate) fn enabled(cx: &Cx, flow: &Flow) -> Vec<MethodId> {
    MethodId::ALL.iter().copied().filter(|id| id.takes_part(cx, flow)).collect()
}

/// Which method a submission is for: the one it names, else the first that finds a field of its own.
pub(crate) fn addressed(cx: &Cx, flow: &Flow, body: &Value) -> Option<MethodId> {
    let filled = |name: &str| match body.get(name) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Object(map)) => !map.is_empty(),
        _ => false,
    };
    let methods = enabled(cx, flow);
    // A button that leads to another screen is meant, whatever method a hidden input names.
    if flow.kind == FlowKind::Registration && filled("screen") && methods.contains(&MethodId::Profile) {
        return Some(MethodId::Profile);
    }
    let pressed = MethodId::Oidc.marks().iter().any(|name| filled(name)) && methods.contains(&MethodId::Oidc);
    match body.get("method").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        Some(name) => methods.into_iter().find(|id| id.as_str() == name),
        // The button of a provider was pressed, whatever else the form holds.
        None if pressed => Some(MethodId::Oidc),
        // What a script sends names no button; a password the browser has filled in beside it is not meant.
        None => {
            let marked = |id: &MethodId| id.marks().iter().any(|name| filled(name));
            let by_script = methods.iter().copied().filter(|id| matches!(id, MethodId::Passkey | MethodId::WebAuthn));
            by_script.into_iter().find(marked).or_else(|| methods.iter().copied().find(marked))
        }
    }
}

/// A switch: `true` in JSON, and the value of a button in a form.
fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    Ok(match value {
        Value::Bool(flag) => flag,
        Value::String(text) => text == "true",
        _ => false,
    })
}
