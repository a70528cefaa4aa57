//! The only place that knows HTTP's server side: routes, extractors, status codes.

pub(crate) mod admin;
mod cors;
pub(crate) mod device_page;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod extract;
mod gate;
pub(crate) mod openapi;
pub(crate) mod relying_party;
pub(crate) mod routes;
mod unknown;
mod wire;
