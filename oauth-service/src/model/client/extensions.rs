//! What a client may register beyond what Hydra knows: OpenID Connect Registration 2, RFC 7591, 8705, 9101, 9126, 9396, 9449, 9701 and JARM.
//! Members that are empty are left out of answers.

use serde::{Deserialize, Serialize};

use super::or_default;

#[expect(clippy::struct_excessive_bools, reason = "each is a member of the wire")]
/// Members of a registration that later specifications brought. Unset texts are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Extensions {
    /// `web` or `native` (OpenID Connect Registration 2).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) application_type: String,
    /// Where a third party may send somebody to begin a login (OpenID Connect Core 4).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) initiate_login_uri: String,
    /// Signs ID tokens; RS256 when empty.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) id_token_signed_response_alg: String,
    /// Encrypts the key of an ID token (RFC 7518 4.1).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) id_token_encrypted_response_alg: String,
    /// Encrypts an ID token (RFC 7518 5.1).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) id_token_encrypted_response_enc: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) userinfo_encrypted_response_alg: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) userinfo_encrypted_response_enc: String,
    /// Signs authorization responses (JARM 3); RS256 when empty.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) authorization_signed_response_alg: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) authorization_encrypted_response_alg: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) authorization_encrypted_response_enc: String,
    /// Signs introspection responses (RFC 9701 6).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) introspection_signed_response_alg: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) introspection_encrypted_response_alg: String,
    /// As for ID tokens.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) introspection_encrypted_response_enc: String,
    /// The certificate that authenticates the client (RFC 8705 2.1.2): its subject.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) tls_client_auth_subject_dn: String,
    /// Likewise: a DNS name.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) tls_client_auth_san_dns: String,
    /// Likewise: a URI.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) tls_client_auth_san_uri: String,
    /// Likewise: an address.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) tls_client_auth_san_ip: String,
    /// Likewise: a mail address.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) tls_client_auth_san_email: String,
    /// What the client is, for its operator (RFC 7591 2).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) software_id: String,
    /// Likewise.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) software_version: String,
    /// Asked for where a request names none (OpenID Connect Registration 2).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) default_acr_values: Vec<String>,
    /// Kinds of `authorization_details` the client may ask for (RFC 9396 10).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) authorization_details_types: Vec<String>,
    /// ID tokens always say when the person logged in. They do so in any case.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) require_auth_time: bool,
    /// The client may authorize by pushed requests alone (RFC 9126 6).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) require_pushed_authorization_requests: bool,
    /// The client may authorize by signed request objects alone (RFC 9101 10.5).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) require_signed_request_object: bool,
    /// Every token request brings a proof of possession (RFC 9449 5.2).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dpop_bound_access_tokens: bool,
    /// Access tokens are bound to the certificate of the connection (RFC 8705 3.4).
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) tls_client_certificate_bound_access_tokens: bool,
    /// The oldest login the client accepts, in seconds, where a request says nothing (OpenID Connect Registration 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_max_age: Option<u32>,
}
