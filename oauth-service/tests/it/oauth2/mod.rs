//! The OAuth2 endpoints.

mod assertions;
pub(crate) mod auth;
mod device;
mod dpop;
mod hooks;
mod introspect;
mod jwt_bearer;
mod refresh;
mod register;
mod revoke;
pub(crate) mod token;
mod signing;
mod userinfo;
