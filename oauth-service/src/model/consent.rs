//! What a subject granted a client (contract 3.8, 3.9, 3.11). The grant's id links the code and the tokens that came of it.

use serde_json::Value;
use shared_types::{
    contract::OidcContext,
    id::{ClientId, GrantId, LoginSessionId},
    time::Time,
};

use super::challenge::AuthFlowId;

/// One consent, given by a person or by what is remembered of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Consent {
    pub(crate) grant_id: GrantId,
    /// The browser flow it was given in. Unique: a flow ends in one consent at most.
    pub(crate) flow_id: AuthFlowId,
    pub(crate) client_id: ClientId,
    pub(crate) subject: String,
    /// Absent when the login session has been removed since.
    pub(crate) login_session_id: Option<LoginSessionId>,
    pub(crate) asked: Asked,
    pub(crate) granted: Granted,
    pub(crate) authenticated_at: Time,
    pub(crate) requested_at: Time,
}

/// What the client asked for and how the person had logged in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) scope: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) oidc_context: OidcContext,
    pub(crate) request_url: String,
    pub(crate) acr: String,
    pub(crate) amr: Vec<String>,
    /// A remembered consent answered in the person's place.
    pub(crate) skip: bool,
}

/// What the consent page answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Granted {
    pub(crate) scope: Vec<String>,
    pub(crate) audience: Vec<String>,
    /// The claims, sealed.
    pub(crate) session: String,
    pub(crate) context: Value,
    pub(crate) remember: bool,
    /// Seconds; 0 is for ever.
    pub(crate) remember_for: i64,
    pub(crate) handled_at: Time,
}

impl Granted {
    /// When a remembered consent stops counting; `None` is never.
    pub(crate) fn remembered_until(&self) -> Option<Time> {
        let seconds = chrono::Duration::try_seconds(self.remember_for)?;
        (self.remember_for > 0).then(|| self.handled_at.checked_add_signed(seconds)).flatten()
    }
}
