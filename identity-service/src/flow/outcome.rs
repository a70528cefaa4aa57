//! What a submission leads to, before it is written as a response.

use serde::Serialize;
use serde_json::{Value, json};
use shared_types::{id::FlowId, secret::Secret};
use url::Url;

use super::{csrf::CsrfSecret, view::FlowView};
use crate::model::{flow::FlowType, identity::Identity, session::Session};

/// The outcome.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// The form again: something is to be mended, or another step follows. JSON clients get a 400 (contract §2.10).
    Again(FlowView),
    /// The form, and all is well.
    Shown(FlowView),
    /// Somebody has signed in.
    SignedIn(Box<Finished>),
    /// Somebody has registered.
    Registered(Box<Finished>),
}

/// The end of a login or registration.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Who drove the flow.
    pub(crate) flow_type: FlowType,
    /// Who it is.
    pub(crate) identity: Identity,
    /// The session, when one is handed out.
    pub(crate) session: Option<Session>,
    /// The session's token, when a new one was made: in a cookie for browsers, in the body for programs.
    pub(crate) token: Option<Secret<String>>,
    /// The CSRF secret that takes the place of the browser's.
    pub(crate) csrf: Option<CsrfSecret>,
    /// What the client does next.
    pub(crate) continue_with: Vec<ContinueWith>,
    /// Where a browser goes.
    pub(crate) go: Url,
    /// Whether a script must navigate to `go` instead of reading the body.
    pub(crate) must_navigate: bool,
}

/// One thing a client does next (contract §6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContinueWith {
    /// Keep this session token.
    SetSessionToken(Secret<String>),
    /// Show the verification flow.
    ShowVerificationUi {
        /// The flow.
        flow: FlowId,
        /// The address it is about.
        address: String,
        /// Its page, for browsers.
        url: Option<Url>,
    },
    /// Go there.
    RedirectBrowserTo(Url),
}

impl ContinueWith {
    fn body(&self) -> Value {
        match self {
            Self::SetSessionToken(token) => {
                json!({"action": "set_ory_session_token", "ory_session_token": token.expose()})
            }
            Self::ShowVerificationUi { flow, address, url } => {
                let mut target = json!({"id": flow, "verifiable_address": address});
                if let (Some(url), Some(target)) = (url, target.as_object_mut()) {
                    target.insert("url".to_owned(), json!(url));
                }
                json!({"action": "show_verification_ui", "flow": target})
            }
            Self::RedirectBrowserTo(url) => {
                json!({"action": "redirect_browser_to", "redirect_browser_to": url})
            }
        }
    }
}

impl Serialize for ContinueWith {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body().serialize(serializer)
    }
}

/// The items as clients expect them: `null` when there are none.
pub(crate) fn continue_with_body(items: &[ContinueWith]) -> Value {
    if items.is_empty() { Value::Null } else { items.iter().map(ContinueWith::body).collect() }
}
