//! Clients: what a registration may say, how one is changed, its secrets, and how a client proves who it is
//! (contract 2; RFC 6749 2, RFC 7591).

pub(crate) mod assertion;
pub(crate) mod auth;
mod cache;
mod certificate;
pub(crate) mod dynamic;
pub(crate) mod encrypt;
pub(crate) mod keys;
mod metadata;
mod register;
mod secret;
mod types;

pub(crate) use auth::{AuthFailure, AuthRefusal};
pub(crate) use cache::{ClientCache, find};
pub(crate) use certificate::Certificate;
pub(crate) use keys::ClientKeys;
pub(crate) use metadata::{AUTH_METHODS, MetadataError};
pub(crate) use register::{
    WriteError, Written, create, delete, drop_rotated_secrets, list, patch, replace, rotate_secret, set_lifespans,
};
pub(crate) use secret::SecretChecks;
pub(crate) use types::Registration;
