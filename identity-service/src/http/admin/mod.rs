//! The admin API (contract §1.8, §10).

pub(super) mod audit_events;
pub(super) mod courier;
pub(super) mod identities;
pub(super) mod identity_batch;
pub(super) mod identity_credentials;
pub(super) mod identity_patch;
pub(super) mod identity_sessions;
pub(super) mod openapi;
pub(super) mod recovery;
pub(super) mod sessions;
pub(super) mod sessions_batch;
pub(super) mod token_hook;
pub(super) mod trials;

use shared_types::id::IdentityId;

use super::error::ApiError;

/// The id of an identity in a path. What is no UUID is no identity.
fn identity_id(text: &str) -> Result<IdentityId, ApiError> {
    IdentityId::parse(text).map_err(|_| no_identity())
}

fn no_identity() -> ApiError {
    ApiError::not_found("There is no such identity.")
}
