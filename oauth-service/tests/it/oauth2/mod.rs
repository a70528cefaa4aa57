//! The OAuth2 endpoints.

pub(crate) mod auth;
mod hooks;
