//! Credentials: what an identity can prove itself with (contract §4.1). The content of each type is a struct of its own.

mod keys;
mod lookup_secret;
mod providers;
mod totp;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::{
    id::{CredentialId, IdentityId},
    time::Time,
};

pub(crate) use self::{
    keys::{Authenticator, Flags, Key, Keys},
    lookup_secret::{LookupCode, LookupSecrets},
    providers::{Link, Providers},
    totp::Totp,
};
use super::{session::Aal, word::words};

words! {
    /// The kinds of credentials an identity may hold.
    CredentialType {
        /// Identifier and password.
        Password = "password",
        /// Accounts at OpenID providers.
        Oidc = "oidc",
        /// Accounts at SAML providers; imported and kept, nobody signs in with them here.
        Saml = "saml",
        /// A secret shared with an authenticator app.
        Totp = "totp",
        /// Backup codes.
        LookupSecret = "lookup_secret",
        /// Security keys.
        WebAuthn = "webauthn",
        /// Passkeys.
        Passkey = "passkey",
        /// Addresses to which one-time codes are sent.
        Code = "code",
    }
}

/// One credential. At most one per identity and type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Credential {
    pub(crate) id: CredentialId,
    pub(crate) identity_id: IdentityId,
    pub(crate) kind: CredentialType,
    /// In normal form; unique per type over all identities.
    pub(crate) identifiers: Vec<String>,
    /// The type's own data, e.g. `{"hashed_password": ".."}`. Never in a public answer; its secrets are sealed.
    pub(crate) config: Value,
    pub(crate) version: i32,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// A credential that is to be made: its content in clear.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewCredential {
    pub(crate) kind: CredentialType,
    /// Those that do not follow from traits.
    pub(crate) identifiers: Vec<String>,
    pub(crate) config: Value,
}

/// Something an identity can prove, and how much that is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Factor {
    /// By which credential.
    #[serde(rename = "k")]
    pub(crate) kind: CredentialType,
    /// `aal1` as a first factor, `aal2` as a second.
    #[serde(rename = "a")]
    pub(crate) aal: Aal,
}

impl Credential {
    /// The stored hash of a password credential.
    pub(crate) fn hashed_password(&self) -> Option<&str> {
        self.config.get("hashed_password")?.as_str().filter(|hash| !hash.is_empty())
    }

    /// Whether the system an account comes from has to be asked for its password.
    pub(crate) fn is_password_elsewhere(&self) -> bool {
        self.config.get("use_password_migration_hook").and_then(Value::as_bool).unwrap_or(false)
    }

    /// How many keys, linked accounts or the like it holds: of most kinds there is one.
    pub(crate) fn count(&self) -> usize {
        let list = match self.kind {
            CredentialType::Oidc => "providers",
            CredentialType::Passkey | CredentialType::WebAuthn => "credentials",
            _ => return 1,
        };
        self.config.get(list).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// What this credential lets its owner prove. Looks at the shape of the content alone, so sealed content will do.
    pub(crate) fn factors(&self) -> Vec<Factor> {
        let filled =
            |name: &str| self.config.get(name).and_then(Value::as_array).is_some_and(|items| !items.is_empty());
        let levels: &[Aal] = match self.kind {
            CredentialType::Password if self.hashed_password().is_some() || self.is_password_elsewhere() => {
                &[Aal::Aal1]
            }
            CredentialType::Oidc if filled("providers") => &[Aal::Aal1],
            CredentialType::Passkey if filled("credentials") => &[Aal::Aal1],
            CredentialType::Totp if self.config.get("totp_url").is_some() => &[Aal::Aal2],
            CredentialType::LookupSecret if filled("recovery_codes") => &[Aal::Aal2],
            CredentialType::Code if filled("addresses") || !self.identifiers.is_empty() => &[Aal::Aal1, Aal::Aal2],
            CredentialType::WebAuthn => return keys::factors(&self.config),
            _ => &[],
        };
        levels.iter().map(|aal| Factor { kind: self.kind, aal: *aal }).collect()
    }
}

/// What an identity can prove by all its credentials.
pub(crate) fn factors(credentials: &[Credential]) -> Vec<Factor> {
    credentials.iter().flat_map(Credential::factors).collect()
}

#[cfg(test)]
mod tests;
