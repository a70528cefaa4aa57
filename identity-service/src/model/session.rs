//! Sessions: a signed-in period of one identity on one device (contract §5).

use serde::{Deserialize, Serialize};
use shared_types::{
    id::{DeviceId, IdentityId, SessionId},
    time::Time,
};

use super::word::words;

words! {
    /// Authenticator assurance level.
    Aal {
        /// Nothing was proved.
        Aal0 = "aal0",
        /// One factor.
        Aal1 = "aal1",
        /// Two factors.
        Aal2 = "aal2",
    }
}

/// One factor that was proved for a session; an entry of `authentication_methods`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuthenticationMethod {
    /// The method's name as clients know it, e.g. `password`.
    pub(crate) method: String,
    pub(crate) aal: Aal,
    pub(crate) completed_at: Time,
    /// The provider one signed in at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// The organization one signed in through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// What the provider said of its own assurance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upstream_acr: Option<String>,
    /// What the provider said of the methods it used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) upstream_amr: Vec<String>,
}

impl AuthenticationMethod {
    /// A method of our own.
    pub(crate) fn new(method: &str, aal: Aal, completed_at: Time) -> Self {
        Self {
            method: method.to_owned(),
            aal,
            completed_at,
            provider: None,
            organization: None,
            upstream_acr: None,
            upstream_amr: Vec::new(),
        }
    }

    /// A provider's sign-in that proves two factors counts for both (contract §5.1).
    fn is_both(&self) -> bool {
        self.provider.is_some() && self.aal == Aal::Aal2
    }
}

/// What kind of machine opened a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) ip_address: String,
    pub(crate) user_agent: String,
    pub(crate) location: String,
}

/// A session. Its token is known to the client alone; the database holds a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) identity_id: IdentityId,
    /// False once revoked; says nothing about expiry.
    pub(crate) active: bool,
    pub(crate) aal: Aal,
    pub(crate) methods: Vec<AuthenticationMethod>,
    pub(crate) issued_at: Time,
    pub(crate) authenticated_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) devices: Vec<Device>,
}

impl Session {
    /// Neither revoked nor expired.
    pub(crate) fn is_active(&self, now: Time) -> bool {
        self.active && now < self.expires_at
    }
}

/// The assurance level a list of proved factors amounts to (contract §5.1).
pub(crate) fn assurance(methods: &[AuthenticationMethod]) -> Aal {
    let has = |level| methods.iter().any(|method| method.aal == level);
    if methods.iter().any(AuthenticationMethod::is_both) {
        return Aal::Aal2;
    }
    match (has(Aal::Aal1), has(Aal::Aal2)) {
        (true, true) => Aal::Aal2,
        (true, false) | (false, true) => Aal::Aal1,
        (false, false) => Aal::Aal0,
    }
}
