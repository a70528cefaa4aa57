//! What handlers receive: parsed once, here, so that nothing below sees a request.

pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod context;
pub(crate) mod cookies;
mod multipart;
pub(crate) mod paging;
pub(crate) mod query;
pub(crate) mod session;

pub(crate) use context::Ctx;
