//! Pure data: what is stored and what travels, without a database, a clock or HTTP.

pub(crate) mod challenge;
pub(crate) mod client;
pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod issuer;
pub(crate) mod key;
pub(crate) mod login_session;
pub(crate) mod token;
