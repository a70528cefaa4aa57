//! What messages say: the twelve templates of the contract (§8), where an operator's own texts for them are found, and
//! data to try a text on.

use serde_json::{Map, Value, json};

use crate::model::{address::Via, word::words};

words! {
    /// What a message says; the names are those of the contract.
    Template {
        /// A link to get back into an account.
        RecoveryValid = "recovery_valid",
        /// Somebody asked to recover an address no account has, by link.
        RecoveryInvalid = "recovery_invalid",
        /// A code to get back into an account.
        RecoveryCodeValid = "recovery_code_valid",
        /// Somebody asked to recover an address no account has, by code.
        RecoveryCodeInvalid = "recovery_code_invalid",
        /// A link to somebody who has an account.
        VerificationValid = "verification_valid",
        /// Somebody asked to verify an address no account has, by link.
        VerificationInvalid = "verification_invalid",
        /// A code to somebody who has an account.
        VerificationCodeValid = "verification_code_valid",
        /// Somebody asked to verify an address no account has, by code.
        VerificationCodeInvalid = "verification_code_invalid",
        /// A code to sign in with.
        LoginCodeValid = "login_code_valid",
        /// A code to register with.
        RegistrationCodeValid = "registration_code_valid",
        /// An address of the account was changed.
        VerifiableAddressChanged = "verifiable_address_changed",
        /// A device can sign in to the account from now on.
        AuthenticatorKeyAdded = "authenticator_key_added",
    }
}

impl Template {
    /// Whether there is such a message for this kind of address: links and answers to strangers go by e-mail alone.
    pub(crate) const fn goes(self, via: Via) -> bool {
        match via {
            Via::Email => true,
            Via::Sms => matches!(
                self,
                Self::RecoveryCodeValid
                    | Self::VerificationCodeValid
                    | Self::LoginCodeValid
                    | Self::RegistrationCodeValid
                    | Self::VerifiableAddressChanged
                    | Self::AuthenticatorKeyAdded
            ),
        }
    }

    /// Where its texts are, in an operator's folder and in the configuration: a name, and which of two variants.
    pub(super) fn place(self) -> (&'static str, Option<&'static str>) {
        let name = self.as_str();
        for variant in ["valid", "invalid"] {
            if let Some(name) = name.strip_suffix(variant).and_then(|name| name.strip_suffix('_')) {
                return (name, Some(variant));
            }
        }
        (name, None)
    }

    /// The names under which the data hold its code and its link, if it has one.
    pub(super) const fn secrets(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::RecoveryValid => (None, Some("recovery_url")),
            Self::RecoveryCodeValid => (Some("recovery_code"), None),
            Self::VerificationValid => (None, Some("verification_url")),
            Self::VerificationCodeValid => (Some("verification_code"), Some("verification_url")),
            Self::LoginCodeValid => (Some("login_code"), None),
            Self::RegistrationCodeValid => (Some("registration_code"), None),
            Self::RecoveryInvalid
            | Self::RecoveryCodeInvalid
            | Self::VerificationInvalid
            | Self::VerificationCodeInvalid
            | Self::VerifiableAddressChanged
            | Self::AuthenticatorKeyAdded => (None, None),
        }
    }

    /// Data as a message of this template gets them, to try a text on before anybody waits for it.
    pub(super) fn sample(self) -> Value {
        let mut data = Map::new();
        let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
        let kind = self.as_str().split('_').next().unwrap_or_default();
        put("to", json!("ada@example.org"));
        put("request_url", json!(format!("https://id.example.org/self-service/{kind}/browser")));
        put("request_url_domain", json!("id.example.org"));
        put("transient_payload", json!({"lang": "en"}));
        let id = "018f2d0c-0000-4000-8000-123456789012";
        if matches!(self, Self::LoginCodeValid | Self::RegistrationCodeValid) || kind == "verification" {
            let client = json!({"client_id": id, "client_name": "Orders", "client_uri": "https://orders.example.org"});
            put("oauth2_login_request", json!({"challenge": "a-challenge", "client": client}));
        }
        let traits = json!({"email": "ada@example.org", "name": "Ada"});
        if self == Self::RegistrationCodeValid {
            put("traits", traits);
        } else if self.place().1 != Some("invalid") {
            put("identity", json!({"id": id, "traits": traits}));
        }
        let (code, url) = self.secrets();
        if let Some(name) = code {
            put(name, json!("402813"));
        }
        if let Some(name) = url {
            let secret = if code.is_some() { "code=402813" } else { "token=a-token" };
            put(name, json!(format!("https://id.example.org/self-service/{kind}?flow={id}&{secret}")));
        }
        if code.or(url).is_some() {
            put("expires_in_minutes", json!(60));
        }
        match self {
            Self::VerifiableAddressChanged => drop(put("changed_at", json!("2026-03-01T12:00:00Z"))),
            Self::AuthenticatorKeyAdded => drop(put("added_at", json!("2026-03-01T12:00:00Z"))),
            _ => {}
        }
        Value::Object(data)
    }
}
