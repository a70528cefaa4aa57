//! The logout request (contract oauth 6.4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Time;

/// `GET /admin/oauth2/auth/requests/logout`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// The challenge this request was read by.
    #[serde(default)]
    pub challenge: String,
    /// Who would be logged out.
    #[serde(default)]
    pub subject: String,
    /// The login session's id.
    #[serde(default)]
    pub sid: String,
    /// The logout request that led here.
    #[serde(default)]
    pub request_url: String,
    /// A client asked for it, not this server's own page.
    #[serde(default)]
    pub rp_initiated: bool,
    /// When the challenge stops working.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// When the logout was asked for.
    #[serde(default)]
    pub requested_at: Option<Time>,
    /// The client that asked, if one did.
    #[serde(default)]
    pub client: Option<Value>,
}
