//! One check of the authorization request per file. No check knows another; their order is [`matrix`](super::matrix)'s.

pub(super) mod audience;
pub(super) mod authorization_details;
pub(super) mod characters;
pub(super) mod claims;
pub(super) mod client;
pub(super) mod dpop_jkt;
pub(super) mod grant_type;
pub(super) mod max_age;
pub(super) mod nonce;
pub(super) mod pkce;
pub(super) mod profile;
pub(super) mod prompt;
pub(super) mod redirect_uri;
pub(super) mod registration;
pub(super) mod request_object;
pub(super) mod response_mode;
pub(super) mod response_type;
pub(super) mod scope;
pub(super) mod size;
pub(super) mod state;
pub(super) mod unrepeated;

/// The parameters this server reads. A repeated or unprintable one is refused; others are ignored (RFC 6749 3.1).
const READ: [&str; 26] = [
    "acr_values",
    "authorization_details",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "consent_verifier",
    "display",
    "dpop_jkt",
    "id_token_hint",
    "identity_schema",
    "login_hint",
    "login_verifier",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "registration",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
    "claims",
    "claims_locales",
];
