//! The self-service endpoints over HTTP, on both databases.

pub(crate) mod authenticator;
mod errors;
mod farewell;
mod internet;
pub(crate) mod keyring;
mod keys;
mod login;
mod logout;
mod mailbox;
mod messages;
mod oidc;
mod passwords;
pub(crate) mod people;
mod properties;
mod provider;
mod receiver;
mod recovery;
mod registration;
mod settings;
mod upstream;
mod verification;
mod web_hooks;
pub(crate) mod world;
mod x_stand_in;
