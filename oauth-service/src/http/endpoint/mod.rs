//! The public endpoints (contract 1.2).

pub(crate) mod authorize;
mod browser;
pub(crate) mod check_session;
pub(crate) mod credentials;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod fallback;
pub(crate) mod jwks;
pub(crate) mod logout;
mod page;
pub(crate) mod par;
pub(crate) mod register;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod userinfo;
