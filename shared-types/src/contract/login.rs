//! The login request and what a login provider answers (contract oauth 3.5, 3.6).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the OAuth2 client asked of the login page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OidcContext {
    /// Wanted authentication context classes, most wanted first.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Wanted languages, most wanted first.
    #[serde(default)]
    pub ui_locales: Vec<String>,
    /// `page`, `popup`, `touch` or `wap`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Claims of the ID token sent as a hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint_claims: Option<Map<String, Value>>,
    /// Who the client thinks will log in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Single claims the client asks for (OpenID Connect Core 5.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Map<String, Value>>,
}

/// `GET /admin/oauth2/auth/requests/login`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The challenge this request was read by.
    pub challenge: String,
    /// Scopes the client asked for.
    #[serde(default)]
    pub requested_scope: Vec<String>,
    /// Audiences the client asked for.
    #[serde(default)]
    pub requested_access_token_audience: Vec<String>,
    /// A session is remembered: accept for `subject` without asking.
    pub skip: bool,
    /// Set only when `skip` is.
    #[serde(default)]
    pub subject: String,
    /// What the client asked of the page.
    #[serde(default)]
    pub oidc_context: OidcContext,
    /// The client, as the admin API shows it, without its secret.
    pub client: Value,
    /// The authorization request that led here.
    pub request_url: String,
    /// The login session's id (`sid`).
    #[serde(default)]
    pub session_id: String,
}

/// `PUT /admin/oauth2/auth/requests/login/accept`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AcceptLogin {
    /// Who logged in; must not be empty.
    #[serde(default)]
    pub subject: String,
    /// Remember the login in a cookie.
    #[serde(default)]
    pub remember: bool,
    /// Seconds the cookie lives; 0 means the configured session lifetime.
    #[serde(default)]
    pub remember_for: i64,
    /// On `skip`: give the cookie a new lifetime.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extend_session_lifespan: bool,
    /// Authentication context class reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Authentication methods used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// Handed on to the consent request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// Overrides the pairwise subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_subject_identifier: Option<String>,
    /// The identity provider's own session, ended at logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider_session_id: Option<String>,
}

/// The body of a login or consent rejection; every part is optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RejectRequest {
    /// The OAuth2 error code for the client, such as `access_denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A sentence for the client's developer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// Appended to the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_hint: Option<String>,
    /// Never leaves the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_debug: Option<String>,
    /// The HTTP status the error stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
}

/// Where the browser must go next; passed on unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectTo {
    /// An absolute URL.
    pub redirect_to: String,
}
