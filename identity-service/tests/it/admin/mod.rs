//! The admin API.

mod courier;
mod health;
mod identities;
mod keys;
mod patch;
mod ports;
mod protection;
mod sessions;
mod token_hook;
