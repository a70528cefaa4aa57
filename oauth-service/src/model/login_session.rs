//! A browser's login at this server (contract 3.7, 6.8). Its id is the `sid` of ID tokens; a login that is not remembered has a
//! session too, which no later request finds.

use shared_types::{id::LoginSessionId, time::Time};

/// One login of one subject in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginSession {
    pub(crate) id: LoginSessionId,
    pub(crate) subject: String,
    /// Whole seconds, as `auth_time` has it.
    pub(crate) authenticated_at: Time,
    /// Whether later requests may use the login without asking.
    pub(crate) remember: bool,
    /// The identity provider's own session behind it.
    pub(crate) identity_provider_session_id: Option<String>,
    pub(crate) created_at: Time,
    pub(crate) expires_at: Time,
    /// The authentication context class the login page named; empty when it named none.
    pub(crate) acr: String,
    /// The authentication methods it named.
    pub(crate) amr: Vec<String>,
}

impl LoginSession {
    /// Whether a later request may take the login for granted.
    pub(crate) fn is_usable(&self, now: Time) -> bool {
        self.remember && now < self.expires_at && !self.subject.is_empty()
    }
}
