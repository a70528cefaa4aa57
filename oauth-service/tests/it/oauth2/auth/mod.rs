//! The authorization endpoint, its pages and its logout, over HTTP.

mod challenges;
mod consents;
mod cookies;
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
mod revocation;
mod serve;
mod sessions;
mod subjects;
pub(crate) mod world;
