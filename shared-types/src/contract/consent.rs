//! The consent request and its answer (contract oauth 3.8).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::login::OidcContext;

/// `GET /admin/oauth2/auth/requests/consent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentRequest {
    /// The challenge this request was read by.
    pub challenge: String,
    /// The grant this consent would make: 32 hex digits.
    #[serde(default)]
    pub consent_request_id: String,
    /// Scopes the client asked for.
    #[serde(default)]
    pub requested_scope: Vec<String>,
    /// Audiences the client asked for.
    #[serde(default)]
    pub requested_access_token_audience: Vec<String>,
    /// What exactly the client wants to be allowed (RFC 9396).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<Value>,
    /// Remembered consent covers the request: accept without asking.
    pub skip: bool,
    /// Who logged in.
    #[serde(default)]
    pub subject: String,
    /// What the client asked of the page.
    #[serde(default)]
    pub oidc_context: OidcContext,
    /// The client, without its secret.
    pub client: Value,
    /// The authorization request that led here.
    pub request_url: String,
    /// The flow's id: 32 hex digits, not the URL's challenge.
    #[serde(default)]
    pub login_challenge: String,
    /// The login session's id (`sid`).
    #[serde(default)]
    pub login_session_id: String,
    /// Authentication context class reached at login.
    #[serde(default)]
    pub acr: String,
    /// Authentication methods used at login.
    #[serde(default)]
    pub amr: Vec<String>,
    /// What the login provider handed on.
    #[serde(default)]
    pub context: Value,
}

/// Claims a consent or hook gives to the tokens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConsentSession {
    /// Goes into access tokens and introspection (`ext`).
    #[serde(default, deserialize_with = "null_as_empty")]
    pub access_token: Map<String, Value>,
    /// Goes into ID tokens and userinfo.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub id_token: Map<String, Value>,
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Option::<Map<String, Value>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// `PUT /admin/oauth2/auth/requests/consent/accept`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AcceptConsent {
    /// Scopes granted.
    #[serde(default)]
    pub grant_scope: Option<Vec<String>>,
    /// Audiences granted.
    #[serde(default)]
    pub grant_access_token_audience: Option<Vec<String>>,
    /// Which of the wanted details are granted, perhaps enriched; absent is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_authorization_details: Option<Vec<Value>>,
    /// Claims for the tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<ConsentSession>,
    /// Do not ask again for the same scopes.
    #[serde(default)]
    pub remember: bool,
    /// Seconds to remember; 0 is for ever.
    #[serde(default)]
    pub remember_for: i64,
    /// Kept with the consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}
