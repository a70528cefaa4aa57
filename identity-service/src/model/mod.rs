//! Pure data and its transitions. Nothing here knows HTTP, SQL or the configuration.

pub(crate) mod address;
pub(crate) mod arrival;
pub(crate) mod audit;
pub(crate) mod code;
pub(crate) mod credential;
pub(crate) mod failure;
pub(crate) mod flow;
pub(crate) mod identity;
pub(crate) mod mail;
pub(crate) mod notice;
pub(crate) mod session;
pub(crate) mod step;
pub(crate) mod traits;
pub(crate) mod trial;
pub(crate) mod word;
