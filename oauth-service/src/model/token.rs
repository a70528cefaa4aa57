//! What a code or a token stands for (contract 5). Codes and tokens themselves are nowhere kept: a keyed digest names the row.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_types::{
    id::{ClientId, GrantId, LoginSessionId},
    secret::Digest,
    time::Time,
};

/// What was granted to whom. Code, access token and refresh token of one grant carry the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Granted {
    /// Links what came of one authorization; a client's own token has none.
    pub(crate) grant_id: Option<GrantId>,
    pub(crate) client_id: ClientId,
    /// The real subject, never the pairwise one.
    pub(crate) subject: String,
    pub(crate) scope: Vec<String>,
    pub(crate) audience: Vec<String>,
    /// The sealed [`Session`].
    pub(crate) session: Vec<u8>,
}

/// The claims and the login behind a grant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Absent where nobody logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) login: Option<Login>,
    /// `ext` of access tokens.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) access_token: Map<String, Value>,
    /// Further claims of ID tokens and userinfo.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) id_token: Map<String, Value>,
    /// What further was agreed on.
    #[serde(flatten)]
    pub(crate) terms: Terms,
}

/// What a grant holds beyond subject, scope and claims. Nothing of it for most.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Terms {
    /// What the access token is bound to.
    #[serde(skip_serializing_if = "Confirmation::is_empty")]
    pub(crate) cnf: Confirmation,
    /// What the refresh token is bound to: a public client's key (RFC 9449 5).
    #[serde(skip_serializing_if = "Confirmation::is_empty")]
    pub(crate) refresh_cnf: Confirmation,
    /// What was consented to (RFC 9396 7).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) authorization_details: Vec<Value>,
    /// The `claims` parameter (OpenID Connect Core 5.5).
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) requested_claims: Map<String, Value>,
    /// Who acts for the subject (RFC 8693 4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Value>,
}

impl Terms {
    /// Whether there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The key a token is bound to: `cnf` (RFC 7800). Who presents the token proves that he has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Confirmation {
    /// Thumbprint of a `DPoP` key (RFC 9449 6.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jkt: Option<String>,
    /// Thumbprint of a certificate (RFC 8705 3.1).
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub(crate) x5t_s256: Option<String>,
}

impl Confirmation {
    /// Whether the token is good in anybody's hands.
    pub(crate) const fn is_empty(&self) -> bool {
        self.jkt.is_none() && self.x5t_s256.is_none()
    }
}

impl Session {
    /// Whether there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        self.login.is_none() && self.access_token.is_empty() && self.id_token.is_empty() && self.terms.is_empty()
    }
}

/// How the subject of a grant logged in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Login {
    /// The subject as this client sees it; differs from the real one for pairwise clients.
    pub(crate) shown_subject: String,
    pub(crate) session_id: LoginSessionId,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(crate) auth_time: Time,
    /// When the authorization request came in (`rat`).
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(crate) requested_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
}

/// An authorization code, waiting to be exchanged or spent.
#[expect(clippy::struct_field_names, reason = "code_challenge is the RFC's word")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Code {
    pub(crate) digest: Digest,
    pub(crate) granted: Granted,
    /// As the authorization request had it; if it had one, the token request must have the same.
    pub(crate) redirect_uri: Option<String>,
    /// S256.
    pub(crate) code_challenge: Option<String>,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) used_at: Option<Time>,
}

/// An access token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AccessToken {
    pub(crate) digest: Digest,
    pub(crate) granted: Granted,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Time,
}

/// A refresh token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RefreshToken {
    pub(crate) digest: Digest,
    pub(crate) grant_id: GrantId,
    pub(crate) granted: Granted,
    /// The access token issued beside it.
    pub(crate) access_digest: Option<Digest>,
    pub(crate) issued_at: Time,
    /// `None` is never.
    pub(crate) expires_at: Option<Time>,
    pub(crate) used: Option<Used>,
}

/// That a refresh token has been exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) first_at: Time,
    /// How often in all.
    pub(crate) times: i64,
}
