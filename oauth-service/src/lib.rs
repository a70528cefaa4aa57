//! oauth-service: OAuth2 and OpenID Connect. Clients, authorization, consent, tokens and keys.
//! Speaks the Ory Hydra HTTP API, configuration file and command line.
//!
//! Layers, each importing only what stands to its right:
//! `http → authorize|grant|import → challenge|token|client|key|subject|peer → store → model|protocol → shared-types`.

pub mod app;
mod authorize;
mod challenge;
pub mod cli;
mod client;
pub mod config;
mod doctor;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod grant;
mod housekeeping;
mod http;
mod import;
mod key;
mod model;
mod peer;
mod protocol;
mod store;
mod subject;
mod token;
