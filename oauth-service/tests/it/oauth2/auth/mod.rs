//! The authorization endpoint, its pages and its logout, over HTTP.

mod challenges;
mod claims;
mod consents;
mod cookies;
mod details;
mod errors;
mod fallbacks;
pub(crate) mod front;
mod jar;
mod jarm;
mod journey;
mod logout;
mod notified_logout;
mod par;
mod redirects;
mod replays;
mod resource;
mod revocation;
mod sealed_answers;
mod serve;
mod session_state;
mod sessions;
mod step_up;
mod subjects;
pub(crate) mod world;
