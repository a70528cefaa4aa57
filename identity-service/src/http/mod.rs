//! The only place with actix: listeners, extractors, handlers, and the one map from errors to answers.

mod admin;
mod console;
pub(crate) mod error;
pub(crate) mod extract;
mod layer;
pub(crate) mod openapi;
mod public;
pub(crate) mod reply;
mod routes;
pub(crate) mod server;
