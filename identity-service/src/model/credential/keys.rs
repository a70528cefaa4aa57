//! `webauthn` and `passkey`: public keys of authenticators (contract §4.1), with names as clients and imports have them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::time::Time;

use super::{CredentialType, Factor};
use crate::model::session::Aal;

/// The content of a `webauthn` or `passkey` credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keys {
    /// One entry per authenticator.
    pub(crate) credentials: Vec<Key>,
    /// What authenticators know the identity by; base64.
    #[serde(default)]
    pub(crate) user_handle: String,
}

/// One public key. Binary members are base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the contract (§4.1)")]
pub(crate) struct Key {
    pub(crate) id: String,
    /// COSE (RFC 9052).
    pub(crate) public_key: String,
    #[serde(default)]
    pub(crate) attestation_type: String,
    #[serde(default)]
    pub(crate) authenticator: Authenticator,
    #[serde(default)]
    pub(crate) display_name: String,
    pub(crate) added_at: Time,
    /// Signs in by itself, without another factor.
    #[serde(default)]
    pub(crate) is_passwordless: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flags: Option<Flags>,
    /// How the authenticator can be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) transport: Vec<String>,
    /// The attestation as it came, kept for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attestation: Option<Value>,
}

/// What is known of the authenticator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authenticator {
    #[serde(default)]
    pub(crate) aaguid: String,
    /// Grows with each use; one that does not is a sign of a copy.
    #[serde(default)]
    pub(crate) sign_count: u32,
    #[serde(default)]
    pub(crate) clone_warning: bool,
}

/// The flags of the registration (WebAuthn Level 2, 6.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the specification's flags")]
pub(crate) struct Flags {
    #[serde(default)]
    pub(crate) user_present: bool,
    #[serde(default)]
    pub(crate) user_verified: bool,
    #[serde(default)]
    pub(crate) backup_eligible: bool,
    #[serde(default)]
    pub(crate) backup_state: bool,
}

impl Key {
    /// What it is worth: by itself, or beside another factor.
    pub(crate) const fn aal(&self) -> Aal {
        if self.is_passwordless { Aal::Aal1 } else { Aal::Aal2 }
    }
}

/// Whether a key of a content signs in by itself.
fn by_itself(key: &Value) -> bool {
    key.get("is_passwordless").and_then(Value::as_bool).unwrap_or(false)
}

fn each(config: &Value) -> &[Value] {
    config.get("credentials").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What security keys let their owner prove: those that sign in by themselves are first factors, the others second ones.
pub(super) fn factors(config: &Value) -> Vec<Factor> {
    let keys = each(config);
    let mut levels = Vec::new();
    if keys.iter().any(by_itself) {
        levels.push(Aal::Aal1);
    }
    if !keys.iter().all(by_itself) {
        levels.push(Aal::Aal2);
    }
    levels.into_iter().map(|aal| Factor { kind: CredentialType::WebAuthn, aal }).collect()
}
