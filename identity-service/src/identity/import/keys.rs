//! Public keys of authenticators in an import (contract §4.1): every member but the key itself may be left out.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use serde::Deserialize;
use serde_json::Value;
use shared_types::time::Time;

use super::{ImportError, invalid};
use crate::model::credential::{Authenticator, Flags, Key};

/// One public key of a body.
#[derive(Debug, Deserialize)]
pub(super) struct KeyBody {
    id: Option<String>,
    public_key: Option<String>,
    attestation_type: Option<String>,
    authenticator: Option<Authenticator>,
    display_name: Option<String>,
    added_at: Option<Time>,
    is_passwordless: Option<bool>,
    flags: Option<Flags>,
    transport: Option<Vec<String>>,
    attestation: Option<Value>,
}

impl KeyBody {
    /// The key; `at` is where it stands in the body.
    pub(super) fn read(self, at: &str, now: Time) -> Result<Key, ImportError> {
        let required = |name: &str, text: Option<String>| {
            let at = format!("{at}.{name}");
            let text = text.filter(|text| !text.is_empty()).ok_or_else(|| invalid(format!("{at}: is required")))?;
            base64(&at, &text)
        };
        Ok(Key {
            id: required("id", self.id)?,
            public_key: required("public_key", self.public_key)?,
            attestation_type: self.attestation_type.unwrap_or_default(),
            authenticator: self.authenticator.unwrap_or_default(),
            display_name: self.display_name.unwrap_or_default(),
            added_at: self.added_at.unwrap_or(now),
            is_passwordless: self.is_passwordless.unwrap_or(false),
            flags: self.flags,
            transport: self.transport.unwrap_or_default(),
            attestation: self.attestation.filter(|attestation| !attestation.is_null()),
        })
    }
}

/// Base64 of either alphabet, with or without padding, in the form it is stored in.
pub(super) fn base64(at: &str, text: &str) -> Result<String, ImportError> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok();
    let bytes = decode(&alphabet::STANDARD).or_else(|| decode(&alphabet::URL_SAFE));
    let bytes = bytes.ok_or_else(|| invalid(format!("{at}: must be base64")))?;
    Ok(STANDARD.encode(bytes))
}
