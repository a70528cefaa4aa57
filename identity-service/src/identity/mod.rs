//! Identities: their schemas, how they are made, changed and removed, and what tokens say of them.

pub(crate) mod claims;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod farewell;
pub(crate) mod follow;
pub(crate) mod import;
pub(crate) mod normal;
pub(crate) mod patch;
pub(crate) mod schema;
pub(crate) mod update;
pub(crate) mod vault;
pub(crate) mod view;
