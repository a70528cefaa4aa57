//! The OAuth2 endpoints.

pub(crate) mod auth;
mod hooks;
mod introspect;
mod refresh;
mod register;
mod revoke;
pub(crate) mod token;
mod userinfo;
