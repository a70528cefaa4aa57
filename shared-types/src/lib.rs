//! What both services need and neither owns: ids, secrets, sealing, time, storage plumbing, HTTP plumbing,
//! configuration loading, and the messages the two services exchange. No business rule enters here.

pub mod audit;
pub mod config;
pub mod contract;
pub mod db;
pub mod doctor;
pub mod entropy;
pub mod http;
pub mod id;
pub mod import;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod seal;
pub mod secret;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
