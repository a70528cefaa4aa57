//! The admin API.

mod client_secrets;
mod clients;
