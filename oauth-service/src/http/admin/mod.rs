//! The admin API (contract 1.3). Every handler here stands behind the admin listener's key check.

mod challenge_query;
pub(crate) mod clients;
pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod health;
pub(crate) mod introspect;
pub(crate) mod issuers;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod openapi;
pub(crate) mod sessions;
pub(crate) mod token_preview;
pub(crate) mod tokens;
