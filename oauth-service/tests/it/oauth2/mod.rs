//! The OAuth2 endpoints.

pub(crate) mod auth;
mod device;
mod hooks;
mod introspect;
mod jwt_bearer;
mod refresh;
mod register;
mod revoke;
pub(crate) mod token;
mod userinfo;
