//! The token hook and the refresh-token hook (contract oauth 5.8): oauth-service asks for claims as they are now.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::consent::ConsentSession;

/// The token request, as a hook sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HookTokenRequest {
    /// The authenticated client.
    #[serde(default)]
    pub client_id: String,
    /// Scopes the token request named.
    #[serde(default)]
    pub requested_scopes: Vec<String>,
    /// Scopes granted.
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// Audiences granted.
    #[serde(default)]
    pub granted_audience: Vec<String>,
    /// The grant type, as a list of one.
    #[serde(default)]
    pub grant_types: Vec<String>,
    /// The part of the token request's form that is let through.
    #[serde(default)]
    pub payload: Map<String, Value>,
}

/// Body of `oauth2.token_hook`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenHookRequest {
    /// The session; `session.id_token.subject` names the subject.
    #[serde(default)]
    pub session: Value,
    /// The token request.
    #[serde(default)]
    pub request: HookTokenRequest,
}

/// Who asks, in a refresh hook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HookRequester {
    /// The authenticated client.
    #[serde(default)]
    pub client_id: String,
    /// Scopes granted.
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// Audiences granted.
    #[serde(default)]
    pub granted_audience: Vec<String>,
    /// The grant type, as a list of one.
    #[serde(default)]
    pub grant_types: Vec<String>,
}

/// Body of `oauth2.refresh_token_hook`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RefreshHookRequest {
    /// Whose tokens are refreshed.
    #[serde(default)]
    pub subject: String,
    /// The session, as in the token hook.
    #[serde(default)]
    pub session: Value,
    /// Who asks.
    #[serde(default)]
    pub requester: HookRequester,
    /// The authenticated client.
    #[serde(default)]
    pub client_id: String,
    /// Scopes granted.
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// Audiences granted.
    #[serde(default)]
    pub granted_audience: Vec<String>,
}

/// A hook's 200 answer: both maps replace the extra claims.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HookReply {
    /// The claims.
    #[serde(default)]
    pub session: ConsentSession,
}
