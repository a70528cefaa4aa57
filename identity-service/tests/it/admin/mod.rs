//! The admin API.

mod batches;
mod courier;
mod hashes;
mod health;
mod identities;
mod imports;
mod keys;
mod patch;
mod ports;
mod protection;
mod sessions;
mod token_hook;
