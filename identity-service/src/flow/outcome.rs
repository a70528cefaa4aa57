//! What a submission leads to, before it is written as a response.

use serde::Serialize;
use serde_json::{Value, json};
use shared_types::{id::FlowId, secret::Secret, time::Time};
use url::Url;

use super::{csrf::CsrfSecret, view::FlowView};
use crate::model::{
    flow::{Flow, FlowType},
    identity::Identity,
    session::Session,
};

/// The outcome.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// The form again: something is to be mended, or another step follows. JSON clients get a 400 (contract §2.10).
    Again(FlowView),
    /// The form, and all is well.
    Shown(FlowView),
    /// The browser has to go to another site, from which it comes back.
    Away(Leaving),
    /// Somebody has signed in.
    SignedIn(Box<Finished>),
    /// Somebody has registered.
    Registered(Box<Finished>),
    /// Somebody has changed his account.
    Changed(Box<Changed>),
    /// Somebody is back in his account.
    Recovered(Box<Recovered>),
    /// A provider was tried, and nobody has signed in.
    Tried(Tried),
}

/// A trial of a provider that is done.
#[derive(Debug)]
pub(crate) struct Tried {
    /// The page that shows it.
    pub(crate) page: Url,
    /// What makes the browser its holder, for its cookie.
    pub(crate) proof: String,
    /// Until when there is something to be seen.
    pub(crate) expires_at: Time,
}

/// A browser on its way to another site.
#[derive(Debug)]
pub(crate) struct Leaving {
    /// Who drove the flow.
    pub(crate) flow_type: FlowType,
    /// Where it goes.
    pub(crate) url: Url,
    /// What it shows when it comes back, for its cookie.
    pub(crate) ticket: Option<String>,
}

/// The end of a settings submission.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The flow, with the form as it is now.
    pub(crate) view: FlowView,
    /// What the client does next.
    pub(crate) continue_with: Vec<ContinueWith>,
    /// Where a browser goes.
    pub(crate) go: Url,
    /// The session's token, when it is a new one: for the browser's cookie.
    pub(crate) token: Option<Secret<String>>,
    /// Until when the session lasts.
    pub(crate) expires_at: Time,
}

/// The end of a recovery.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// The session, and where to go with it.
    pub(crate) done: Finished,
    /// The recovery, which has done its work.
    pub(crate) flow: Flow,
}

/// The end of a login or registration.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Who drove the flow.
    pub(crate) flow_type: FlowType,
    /// Who it is; not told while a second factor is missing.
    pub(crate) identity: Option<Identity>,
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
    /// Show the settings flow.
    ShowSettingsUi {
        /// The flow.
        flow: FlowId,
        /// Its page, for browsers.
        url: Option<Url>,
    },
    /// Go there.
    RedirectBrowserTo(Url),
}

impl ContinueWith {
    /// The page of a verification that is to be shown to a browser.
    pub(crate) fn verification_page(&self) -> Option<Url> {
        if let Self::ShowVerificationUi { url, .. } = self { url.clone() } else { None }
    }

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
            Self::ShowSettingsUi { flow, url } => {
                let mut target = json!({"id": flow});
                if let (Some(url), Some(target)) = (url, target.as_object_mut()) {
                    target.insert("url".to_owned(), json!(url));
                }
                json!({"action": "show_settings_ui", "flow": target})
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
