//! Who is talking to us: what the flows know of a request.

use std::{collections::BTreeMap, sync::Arc};

use shared_types::secret::Secret;

use super::{csrf::CsrfSecret, error::CsrfFailure};
use crate::model::{
    identity::Identity,
    session::{Device, Session},
};

/// How a client wants to be answered (contract §0.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// With redirects.
    Html,
    /// With JSON.
    Json,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// The session.
    pub(crate) session: Session,
    /// The token it was named by.
    pub(crate) token: Secret<String>,
    /// Whose it is.
    pub(crate) identity: Identity,
}

/// A request as web hooks are told of it.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// `GET`, `POST`, ..
    pub(crate) method: String,
    /// The URL under our public name.
    pub(crate) url: String,
    /// The headers the configuration lets through, by their names in canonical form.
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    /// The cookies that are not our own: those are keys.
    pub(crate) cookies: BTreeMap<String, String>,
}

/// One request's sender.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// How it wants to be answered.
    pub(crate) client: Client,
    /// The browser's CSRF secret: from its cookie, or made for it and set with the answer.
    pub(crate) csrf: CsrfSecret,
    /// Whether the secret came in a cookie.
    pub(crate) csrf_came: bool,
    /// What is told of it when it did not.
    pub(crate) no_csrf: CsrfFailure,
    /// The session the request carries, if it is valid.
    pub(crate) session: Option<SignedIn>,
    /// Whether an `Origin` header or a cookie says that a browser sent it.
    pub(crate) browser: bool,
    /// What a session records of the machine.
    pub(crate) device: Device,
    /// The client's address, for quotas.
    pub(crate) address: String,
    /// What web hooks are told of the request.
    pub(crate) request: Arc<Asked>,
}
