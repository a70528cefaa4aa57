//! A self-service flow: one attempt of one person to sign in, to register or to prove an address (contract §2).
//!
//! A flow is loaded as `Flow`; only `Flow::open` gives an `Open` one, and only that can be submitted, changed
//! or closed. What is expired or was closed has no such method.

use std::{collections::BTreeMap, ops::Deref};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_types::{
    contract::LoginRequest,
    id::{FlowId, IdentityId, SessionId},
    time::Time,
};

use super::{session::Aal, trial::Trial, word::words};
use crate::ui::node::Container;

words! {
    /// What a flow is for.
    FlowKind {
        /// To sign in.
        Login = "login",
        /// To register.
        Registration = "registration",
        /// To prove an address.
        Verification = "verification",
        /// To get back into an account.
        Recovery = "recovery",
        /// To change one's own account.
        Settings = "settings",
    }
}

words! {
    /// Who drives a flow; fixed when it begins.
    FlowType {
        /// A browser, with cookies; a page or a script in it.
        Browser = "browser",
        /// A native program, with session tokens.
        Api = "api",
    }
}

words! {
    /// How far a flow has come.
    FlowState {
        /// A method is being chosen and filled in.
        ChooseMethod = "choose_method",
        /// A code or link is on its way.
        SentEmail = "sent_email",
        /// It did what it was for.
        PassedChallenge = "passed_challenge",
        /// Settings: something may be changed.
        ShowForm = "show_form",
        /// Settings: something was changed.
        Success = "success",
        /// Recovery by choice of address: an address is asked for.
        AwaitingAddress = "recovery_awaiting_address",
        /// Which of the account's addresses shall be used?
        AwaitingAddressChoice = "recovery_awaiting_address_choice",
        /// The chosen address has to be written out.
        ConfirmingAddress = "recovery_confirming_address",
        /// A code was sent to it.
        AwaitingCode = "recovery_awaiting_code",
    }
}

/// The OAuth2 login that waits for this flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OAuth2 {
    /// The challenge by which it is answered.
    pub(crate) challenge: String,
    /// What the OAuth2 client asked for.
    pub(crate) request: LoginRequest,
}

/// The sign-in that waits for a verification: it is told to the OAuth2 provider once the address is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// Who signed in.
    pub(crate) identity_id: IdentityId,
    /// The session made for it.
    pub(crate) session_id: SessionId,
    /// The names of the methods used.
    pub(crate) amr: Vec<String>,
}

/// The parts of a flow that no query looks at; one JSON column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlowData {
    /// Who drives it.
    pub(crate) flow_type: FlowType,
    /// The URL that began it, with its query.
    pub(crate) request_url: String,
    /// Where to go at the end, already checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) return_to: Option<String>,
    /// Binds a browser flow to the browser that began it: the keyed digest of its CSRF secret, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) csrf: Option<String>,
    /// The method used last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) active: Option<String>,
    /// The form.
    pub(crate) ui: Container,
    /// Login: the person is signed in and confirms it.
    #[serde(default)]
    pub(crate) refresh: bool,
    /// Login: the assurance level to be reached.
    #[serde(default = "first_factor")]
    pub(crate) requested_aal: Aal,
    /// Whose account it is about: settings, and recoveries an administrator has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_id: Option<IdentityId>,
    /// Login: the trait whose address gets the code of a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) via: Option<String>,
    /// What methods keep between two submissions, each under its own name and sealed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) memory: BTreeMap<String, String>,
    /// The OAuth2 login that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) oauth2: Option<OAuth2>,
    /// The identity schema asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_schema: Option<String>,
    /// Verification: where to go after it, when registration said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after_verification: Option<String>,
    /// Verification: the address in question, as typed or as registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// Verification: a code that came with a link, sealed, to be shown in its input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefill: Option<String>,
    /// Verification: the sign-in that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<Waiting>,
    /// Begun for somebody else to go on with, as an administrator's recovery is: any browser may have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) for_any_browser: bool,
    /// Login: it tries a provider for the operator, and signs nobody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trial: Option<Trial>,
    /// The code by which a native program fetches its session; shown once, never stored.
    #[serde(skip)]
    pub(crate) exchange_code: Option<String>,
    /// What the client sent along with this submission; echoed, never stored.
    #[serde(skip)]
    pub(crate) transient_payload: Option<Map<String, Value>>,
}

fn first_factor() -> Aal {
    Aal::Aal1
}

/// A flow in whatever condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flow {
    pub(crate) id: FlowId,
    pub(crate) kind: FlowKind,
    pub(crate) state: FlowState,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) updated_at: Time,
    /// When it did what it was for.
    pub(crate) closed_at: Option<Time>,
    /// Counts changes, so that of two submissions at once one wins.
    pub(crate) revision: i64,
    pub(crate) data: FlowData,
}

/// A flow that can go on: neither expired nor closed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Open(Flow);

/// A flow that cannot go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ended {
    /// It was left open for too long.
    Expired(Box<Flow>),
    /// It did what it was for.
    Closed(Box<Flow>),
}

impl Flow {
    /// Whether a browser drives it.
    pub(crate) fn is_browser(&self) -> bool {
        self.data.flow_type == FlowType::Browser
    }

    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Time) -> bool {
        now >= self.expires_at
    }

    /// The flow as one that can go on, if it can.
    pub(crate) fn open(self, now: Time) -> Result<Open, Ended> {
        if self.closed_at.is_some() {
            Err(Ended::Closed(Box::new(self)))
        } else if self.is_expired(now) {
            Err(Ended::Expired(Box::new(self)))
        } else {
            Ok(Open(self))
        }
    }
}

impl Open {
    /// The form shown again, for another try or the next step.
    #[must_use]
    pub(crate) fn show(mut self, ui: Container) -> Self {
        self.0.data.ui = ui;
        self
    }

    /// The method used last, and when.
    #[must_use]
    pub(crate) fn using(mut self, method: Option<&str>, now: Time) -> Self {
        self.0.data.active = method.map(str::to_owned);
        self.0.updated_at = now;
        self
    }

    /// What the client sent along.
    #[must_use]
    pub(crate) fn carrying(mut self, payload: Option<Map<String, Value>>) -> Self {
        self.0.data.transient_payload = payload;
        self
    }

    /// The flow as that browser's, which has shown by a link from a mail that it may have it.
    #[must_use]
    pub(crate) fn handed_to(mut self, csrf: String, prefill: Option<String>) -> Self {
        if self.0.is_browser() {
            self.0.data.csrf = Some(csrf);
        }
        self.0.data.prefill = prefill;
        self
    }

    /// A code or link for that address is on its way.
    #[must_use]
    pub(crate) fn sent(mut self, address: &str) -> Self {
        self.0.state = FlowState::SentEmail;
        self.0.data.address = Some(address.to_owned());
        self.0.data.prefill = None;
        self
    }

    /// The flow with everything methods keep in it.
    #[must_use]
    pub(crate) fn keeping(mut self, memory: BTreeMap<String, String>) -> Self {
        self.0.data.memory = memory;
        self
    }

    /// The flow in another state.
    #[must_use]
    pub(crate) fn in_state(mut self, state: FlowState) -> Self {
        self.0.state = state;
        self
    }

    /// The flow with what a method wants to find again.
    #[must_use]
    pub(crate) fn remembering(mut self, name: &str, sealed: String) -> Self {
        self.0.data.memory.insert(name.to_owned(), sealed);
        self
    }

    /// The flow without it.
    #[must_use]
    pub(crate) fn forgetting(mut self, name: &str) -> Self {
        self.0.data.memory.remove(name);
        self
    }

    /// The trial with whose browser went through it.
    #[must_use]
    pub(crate) fn tried_by(mut self, holder: String) -> Self {
        if let Some(trial) = &mut self.0.data.trial {
            trial.holder = Some(holder);
        }
        self
    }

    /// The flow did what it was for.
    #[must_use]
    pub(crate) fn close(mut self, now: Time) -> Flow {
        self.0.state = FlowState::PassedChallenge;
        self.0.closed_at = Some(now);
        self.0.data.prefill = None;
        self.0
    }

    /// The flow for reading, showing and storing.
    pub(crate) fn into_flow(self) -> Flow {
        self.0
    }
}

impl Deref for Open {
    type Target = Flow;

    fn deref(&self) -> &Flow {
        &self.0
    }
}

#[cfg(test)]
mod tests;
