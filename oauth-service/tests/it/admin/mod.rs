//! The admin API.

mod client_secrets;
mod clients;
mod key_rotation;
mod keys;
