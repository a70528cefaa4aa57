//! HTTP plumbing of both services: listeners, the guarded outgoing client, quotas, CORS, health, request ids, logs and figures.

pub mod address;
pub mod client;
pub mod cors;
pub mod health;
pub mod keys;
pub mod limit;
pub mod metrics;
pub mod server;
pub mod trace;
pub mod unix;

pub use address::{TrustedProxies, client_address, peer_address};
