//! Why a flow cannot answer with itself. A person's mistake is not among these: it is a message in the flow.

use std::time::Duration;

use shared_types::{db, id::FlowId, time::Time};
use url::Url;

use super::outcome::ContinueWith;
use crate::{
    method::MethodError,
    model::flow::{FlowKind, FlowType},
    peer::oauth::PeerError,
};

/// What went wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FlowError {
    /// A rule says no; `Refusal` says which.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The flow is over; another one was begun in its place.
    #[error("the flow is over, {} takes its place", .0.flow)]
    Replaced(Replaced),
    /// The browser has to go elsewhere.
    #[error("the browser has to go to {0}")]
    Moved(Url),
    /// Too many tries.
    #[error("too many tries")]
    Limited(Duration),
    /// Too much is being hashed.
    #[error("the hashing pool is full")]
    Busy,
    /// The OAuth2 provider failed.
    #[error("the OAuth2 provider failed")]
    Provider(#[from] PeerError),
    /// Another service failed.
    #[error("an upstream service failed: {0}")]
    Upstream(String),
    /// Another service did not answer in time.
    #[error("an upstream service did not answer: {0}")]
    UpstreamTimeout(String),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// A flow that takes the place of one that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// What both are for.
    pub(crate) kind: FlowKind,
    /// The new one.
    pub(crate) flow: FlowId,
    /// Whether a browser drives it.
    pub(crate) browser: bool,
    /// When the old one expired; nothing when it had done its work.
    pub(crate) expired_at: Option<Time>,
    /// How long ago that was.
    pub(crate) since: Duration,
}

/// The rules that say no, one per error id of the contract (§0.3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Somebody is signed in already; where a browser goes instead.
    #[error("a session is already available")]
    SessionAvailable(Url),
    /// A second factor was asked for without a first.
    #[error("a second factor needs a first one")]
    FirstFactorMissing,
    /// This kind of flow is switched off.
    #[error("{0} is switched off")]
    Disabled(FlowKind),
    /// Nobody is signed in, and somebody has to be; where to sign in.
    #[error("nobody is signed in")]
    SignInFirst(Url),
    /// Nobody is signed in, and a program is not sent anywhere.
    #[error("nobody is signed in")]
    SignedOut,
    /// A second factor has to be proved first; where to do so.
    #[error("a second factor is missing")]
    SecondFactorFirst(Url),
    /// The last sign-in is too long ago; where to sign in again.
    #[error("the last sign-in is too long ago")]
    FreshSignInFirst(Url),
    /// The flow is somebody else's.
    #[error("the flow is somebody else's")]
    SomebodyElse,
    /// `return_to` is not on the allow-list.
    #[error("return_to is not allowed")]
    ReturnTo,
    /// The submission may not come from our own form.
    #[error("the CSRF check failed")]
    Csrf(CsrfFailure),
    /// There is no such flow.
    #[error("there is no such flow")]
    UnknownFlow,
    /// Something else the request names is not there.
    #[error("{0}")]
    Unknown(String),
    /// The flow is over; said to who reads it.
    #[error("the flow expired")]
    Expired(Ended),
    /// What was sent cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// Signing in waits for a verified address.
    #[error("no address is verified")]
    UnverifiedAddress(Vec<ContinueWith>),
    /// The logout token is missing.
    #[error("the logout token is missing")]
    NoLogoutToken,
    /// The logout token belongs to another session.
    #[error("the logout token does not belong to this session")]
    WrongLogoutToken,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NoSession,
    /// The session token is not known.
    #[error("the session token is not known")]
    UnknownToken,
}

/// What a reader of an expired flow is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// What the flow was for.
    pub(crate) kind: FlowKind,
    /// Who drove it.
    pub(crate) flow_type: FlowType,
    /// Where a new one begins.
    pub(crate) begin: Url,
    /// Where the old one would have led.
    pub(crate) return_to: Option<String>,
}

/// Which part of the CSRF check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsrfFailure {
    /// The cookie did not come along, though others did.
    NoCookie,
    /// No cookie came at all.
    NoCookies(Suspect),
    /// The form has no token.
    NoToken,
    /// Token and cookie, or flow and cookie, do not belong together.
    Mismatch,
}

/// Why a browser may have sent no cookie at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspect {
    /// The request shows nothing odd.
    Nothing,
    /// It was made to another host than the public address has.
    Host,
    /// It came by plain http, and the cookies are for https alone.
    Http,
}

impl From<Refusal> for FlowError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<MethodError> for FlowError {
    fn from(error: MethodError) -> Self {
        match error {
            MethodError::Malformed(reason) => Self::Refused(Refusal::Malformed(reason)),
            MethodError::Limited(wait) => Self::Limited(wait),
            MethodError::Unknown(what) => Self::Refused(Refusal::Unknown(what)),
            MethodError::Busy => Self::Busy,
            MethodError::Upstream(what) => Self::Upstream(what),
            MethodError::Store(error) => Self::Store(error),
        }
    }
}
