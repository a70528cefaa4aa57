//! An OAuth2 client as registered (contract 2; RFC 7591 2).

mod extensions;

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use shared_types::{
    id::ClientId,
    secret::Digest,
    time::{GoDuration, Time},
};

pub(crate) use extensions::Extensions;

/// A registered client. Its [`Metadata`] is reached through the client itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Client {
    pub(crate) id: ClientId,
    /// Grows with every change.
    pub(crate) version: i64,
    pub(crate) metadata: Metadata,
    pub(crate) secrets: SecretHashes,
    /// Of the token that may manage this registration.
    pub(crate) registration_digest: Option<Digest>,
    /// Whole seconds.
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// Hashes of the secrets a client may authenticate with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SecretHashes {
    /// Absent for a client without a secret.
    pub(crate) current: Option<String>,
    /// Newest first.
    pub(crate) rotated: Vec<String>,
}

/// How many rotated secrets stay good.
const MAX_ROTATED: usize = 5;

impl SecretHashes {
    /// The current secret becomes a rotated one, and `fresh` takes its place.
    pub(crate) fn rotate(&mut self, fresh: String) {
        if let Some(old) = self.current.replace(fresh) {
            self.rotated.insert(0, old);
        }
        self.rotated.truncate(MAX_ROTATED);
    }
}

/// What a registration says of a client. Unset texts are empty.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    #[serde(deserialize_with = "or_default")]
    pub(crate) client_name: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) redirect_uris: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) grant_types: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) response_types: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) scope: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) audience: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) owner: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) policy_uri: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) allowed_cors_origins: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) tos_uri: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) client_uri: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) logo_uri: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) contacts: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) subject_type: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) jwks: Map<String, Value>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) metadata: Map<String, Value>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) skip_consent: bool,
    pub(crate) skip_logout_consent: Option<bool>,
    #[serde(flatten)]
    pub(crate) lifespans: Lifespans,
    #[serde(flatten)]
    pub(crate) unlisted: Unlisted,
}

/// The members that are left out of answers while they are empty (contract 2.1).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Unlisted {
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) sector_identifier_uri: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) jwks_uri: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) token_endpoint_auth_method: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) token_endpoint_auth_signing_alg: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) request_uris: Vec<String>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) request_object_signing_alg: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) userinfo_signed_response_alg: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) frontchannel_logout_uri: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) frontchannel_logout_session_required: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) post_logout_redirect_uris: Vec<String>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) backchannel_logout_uri: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) backchannel_logout_session_required: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) access_token_strategy: String,
    #[serde(flatten)]
    pub(crate) extensions: Extensions,
}

/// Lifetimes that take the place of the configured ones.
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lifespans {
    pub(crate) authorization_code_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) authorization_code_grant_id_token_lifespan: Option<GoDuration>,
    pub(crate) authorization_code_grant_refresh_token_lifespan: Option<GoDuration>,
    pub(crate) client_credentials_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) implicit_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) implicit_grant_id_token_lifespan: Option<GoDuration>,
    pub(crate) jwt_bearer_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) refresh_token_grant_id_token_lifespan: Option<GoDuration>,
    pub(crate) refresh_token_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) refresh_token_grant_refresh_token_lifespan: Option<GoDuration>,
    pub(crate) device_authorization_grant_id_token_lifespan: Option<GoDuration>,
    pub(crate) device_authorization_grant_access_token_lifespan: Option<GoDuration>,
    pub(crate) device_authorization_grant_refresh_token_lifespan: Option<GoDuration>,
}

/// `null` counts as absent.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Deref for Client {
    type Target = Metadata;

    fn deref(&self) -> &Metadata {
        &self.metadata
    }
}

impl Deref for Metadata {
    type Target = Unlisted;

    fn deref(&self) -> &Unlisted {
        &self.unlisted
    }
}

impl Deref for Unlisted {
    type Target = Extensions;

    fn deref(&self) -> &Extensions {
        &self.extensions
    }
}

impl Metadata {
    /// The registered authentication method, or the default one.
    pub(crate) fn auth_method(&self) -> &str {
        if self.token_endpoint_auth_method.is_empty() {
            "client_secret_basic"
        } else {
            &self.token_endpoint_auth_method
        }
    }

    /// Whether the client may use a grant.
    pub(crate) fn has_grant(&self, grant: &str) -> bool {
        if self.grant_types.is_empty() {
            grant == "authorization_code"
        } else {
            self.grant_types.iter().any(|known| known == grant)
        }
    }

    /// The response types, or the default one.
    pub(crate) fn effective_response_types(&self) -> Vec<&str> {
        if self.response_types.is_empty() {
            vec!["code"]
        } else {
            self.response_types.iter().map(String::as_str).collect()
        }
    }

    /// The registered scopes, one by one.
    pub(crate) fn scopes(&self) -> Vec<&str> {
        self.scope.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    /// Whether the client cannot keep a secret (RFC 6749 2.1).
    pub(crate) fn is_public(&self) -> bool {
        self.auth_method() == "none"
    }
}

impl Client {
    /// The client as answers show it: all but its secrets.
    pub(crate) fn to_json(&self) -> Value {
        let mut body = json!({"client_id": self.id});
        let shown = serde_json::to_value(&self.metadata).unwrap_or_default();
        if let (Value::Object(body), Value::Object(shown)) = (&mut body, shown) {
            body.extend(shown);
            body.insert("client_secret_expires_at".to_owned(), json!(0));
            body.insert("created_at".to_owned(), json!(rfc3339(self.created_at)));
            body.insert("updated_at".to_owned(), json!(rfc3339(self.updated_at)));
        }
        body
    }
}

fn rfc3339(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
