//! A registration as it is sent: which members it may have and of what kind. Members nobody knows are ignored (contract 2.1);
//! a known one of the wrong kind is named.

use serde_json::{Map, Value};
use shared_types::{secret::Secret, time::GoDuration};

use super::metadata::MetadataError;
use crate::model::client::{Lifespans, Metadata};

/// What was sent to register or change a client.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) client_id: Option<String>,
    pub(crate) secret: Option<Secret<String>>,
    pub(crate) metadata: Metadata,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    TextList,
    Flag,
    Object,
    Duration,
    Seconds,
}

const MEMBERS: &[(Kind, &[&str])] = &[
    (
        Kind::Text,
        &[
            "client_id",
            "client_secret",
            "client_name",
            "scope",
            "owner",
            "policy_uri",
            "tos_uri",
            "client_uri",
            "logo_uri",
            "subject_type",
            "sector_identifier_uri",
            "jwks_uri",
            "token_endpoint_auth_method",
            "token_endpoint_auth_signing_alg",
            "request_object_signing_alg",
            "userinfo_signed_response_alg",
            "frontchannel_logout_uri",
            "backchannel_logout_uri",
            "access_token_strategy",
            "application_type",
            "initiate_login_uri",
            "id_token_signed_response_alg",
            "id_token_encrypted_response_alg",
            "id_token_encrypted_response_enc",
            "userinfo_encrypted_response_alg",
            "userinfo_encrypted_response_enc",
            "authorization_signed_response_alg",
            "authorization_encrypted_response_alg",
            "authorization_encrypted_response_enc",
            "introspection_signed_response_alg",
            "introspection_encrypted_response_alg",
            "introspection_encrypted_response_enc",
            "tls_client_auth_subject_dn",
            "tls_client_auth_san_dns",
            "tls_client_auth_san_uri",
            "tls_client_auth_san_ip",
            "tls_client_auth_san_email",
            "software_id",
            "software_version",
        ],
    ),
    (
        Kind::TextList,
        &[
            "redirect_uris",
            "grant_types",
            "response_types",
            "audience",
            "allowed_cors_origins",
            "contacts",
            "request_uris",
            "post_logout_redirect_uris",
            "default_acr_values",
            "authorization_details_types",
        ],
    ),
    (
        Kind::Flag,
        &[
            "frontchannel_logout_session_required",
            "backchannel_logout_session_required",
            "skip_consent",
            "skip_logout_consent",
            "require_auth_time",
            "require_pushed_authorization_requests",
            "require_signed_request_object",
            "dpop_bound_access_tokens",
            "tls_client_certificate_bound_access_tokens",
        ],
    ),
    (Kind::Object, &["jwks", "metadata"]),
    (Kind::Seconds, &["default_max_age"]),
    (Kind::Duration, LIFESPANS),
];

/// The thirteen lifetimes.
const LIFESPANS: &[&str] = &[
    "authorization_code_grant_access_token_lifespan",
    "authorization_code_grant_id_token_lifespan",
    "authorization_code_grant_refresh_token_lifespan",
    "client_credentials_grant_access_token_lifespan",
    "implicit_grant_access_token_lifespan",
    "implicit_grant_id_token_lifespan",
    "jwt_bearer_grant_access_token_lifespan",
    "refresh_token_grant_id_token_lifespan",
    "refresh_token_grant_access_token_lifespan",
    "refresh_token_grant_refresh_token_lifespan",
    "device_authorization_grant_id_token_lifespan",
    "device_authorization_grant_access_token_lifespan",
    "device_authorization_grant_refresh_token_lifespan",
];

impl Registration {
    /// Reads a JSON object.
    pub(crate) fn parse(value: Value) -> Result<Self, MetadataError> {
        let members = checked(value, MEMBERS)?;
        let text =
            |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let (client_id, secret) = (text("client_id"), text("client_secret").map(Secret::new));
        let metadata =
            serde_json::from_value(Value::Object(members)).map_err(|e| MetadataError::Invalid(e.to_string()))?;
        Ok(Self { client_id, secret, metadata })
    }
}

/// Reads the body of a change of lifetimes alone; absent ones are unset.
pub(crate) fn lifespans(value: Value) -> Result<Lifespans, MetadataError> {
    let members = checked(value, &[(Kind::Duration, LIFESPANS)])?;
    serde_json::from_value(Value::Object(members)).map_err(|e| MetadataError::Invalid(e.to_string()))
}

/// The known members of an object, each of its kind.
fn checked(value: Value, known: &[(Kind, &[&str])]) -> Result<Map<String, Value>, MetadataError> {
    let Value::Object(mut members) = value else {
        return Err(MetadataError::Invalid("The body must be a JSON object.".to_owned()));
    };
    let kind_of = |name: &str| known.iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| *kind);
    members.retain(|name, value| kind_of(name).is_some() && !value.is_null());
    if let Some((name, _)) = members.iter().find(|(_, value)| holds_nul(value)) {
        return Err(MetadataError::of(name, "holds the character U+0000"));
    }
    for (name, value) in &members {
        if let Some(wanted) = kind_of(name).and_then(|kind| mismatch(kind, value)) {
            return Err(MetadataError::Invalid(format!("The member '{name}' must be {wanted}.")));
        }
    }
    Ok(members)
}

/// Whether a text anywhere inside has the one character databases disagree about.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn mismatch(kind: Kind, value: &Value) -> Option<&'static str> {
    let (good, wanted) = match kind {
        Kind::Text => (value.is_string(), "a text"),
        Kind::TextList => (value.as_array().is_some_and(|items| items.iter().all(Value::is_string)), "a list of texts"),
        Kind::Flag => (value.is_boolean(), "true or false"),
        Kind::Object => (value.is_object(), "an object"),
        Kind::Seconds => (
            value.as_u64().is_some_and(|seconds| u32::try_from(seconds).is_ok()),
            "a whole number of seconds, and not negative",
        ),
        Kind::Duration => (
            value.as_str().is_some_and(|text| text.parse::<GoDuration>().is_ok()),
            "a duration such as 15m or 1h30m, or null",
        ),
    };
    (!good).then_some(wanted)
}
