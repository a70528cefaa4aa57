//! The authorization endpoint, its pages and its logout, over HTTP.

mod challenges;
mod consents;
mod cookies;
mod errors;
mod fallbacks;
mod journey;
mod logout;
mod redirects;
mod replays;
mod revocation;
mod sessions;
mod subjects;
pub(crate) mod world;
