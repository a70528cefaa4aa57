//! The OAuth2 endpoints.

mod assertions;
pub(crate) mod auth;
mod certificates;
mod credentials;
mod device;
mod dpop;
mod exchange;
mod hooks;
mod introspect;
mod jwt_bearer;
mod preview;
mod profiles;
mod refresh;
mod register;
mod revoke;
mod signing;
mod soak;
pub(crate) mod token;
mod userinfo;
