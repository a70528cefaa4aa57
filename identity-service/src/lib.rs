//! identity-service: users, credentials, sessions, self-service flows, mails and the pages people see.
//! Speaks the Ory Kratos HTTP API, configuration file and command line.
//!
//! Layers, each importing only what stands to its right:
//! `http → ui::page → flow → method → identity|session|hash|courier|peer|limit → store → model|ui::node → shared-types`.

pub mod app;
mod audit;
pub mod cli;
pub mod config;
mod courier;
mod doctor;
mod figures;
mod flow;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod housekeeping;
mod http;
mod identity;
mod jsonnet;
mod kratos;
mod limit;
mod method;
mod model;
mod one_time;
mod outbox;
mod peer;
mod session;
mod source;
mod store;
mod ui;
