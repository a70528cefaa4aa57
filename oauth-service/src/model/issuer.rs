//! Whose assertions are exchanged for tokens (RFC 7523; contract 4.9).

use serde_json::{Value, json};
use shared_types::{time::Time, typed_uuid};

typed_uuid!(
    /// One trust.
    TrustId
);

/// That an issuer may speak for somebody, until a day. Its key lies in the set named like the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrustedIssuer {
    pub(crate) id: TrustId,
    pub(crate) issuer: String,
    /// `None`: for anybody.
    pub(crate) subject: Option<String>,
    /// What its tokens may be good for.
    pub(crate) scope: Vec<String>,
    pub(crate) kid: String,
    pub(crate) created_at: Time,
    pub(crate) expires_at: Time,
}

impl TrustedIssuer {
    /// As the admin API shows it.
    pub(crate) fn to_json(&self) -> Value {
        let rfc3339 = |time: Time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        json!({
            "id": self.id.text(),
            "issuer": self.issuer,
            "subject": self.subject.as_deref().unwrap_or_default(),
            "allow_any_subject": self.subject.is_none(),
            "scope": self.scope,
            "public_key": {"set": self.issuer, "kid": self.kid},
            "created_at": rfc3339(self.created_at),
            "expires_at": rfc3339(self.expires_at),
        })
    }
}
