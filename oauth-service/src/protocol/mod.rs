//! The words of the protocol, parsed: scopes, redirect URIs, response types and modes, prompts, PKCE, audiences, ages, and the
//! errors OAuth2 has names for. Total functions of their arguments; nothing here knows a clock, a database or HTTP.

pub(crate) mod acr;
pub(crate) mod alg;
pub(crate) mod audience;
pub(crate) mod authorization_details;
pub(crate) mod claims_request;
pub(crate) mod encryption;
pub(crate) mod error;
pub(crate) mod max_age;
pub(crate) mod params;
pub(crate) mod pkce;
pub(crate) mod prompt;
pub(crate) mod redirect_uri;
pub(crate) mod response_mode;
pub(crate) mod response_type;
pub(crate) mod scope;
