//! A request is no larger than any honest one: it is kept, sealed, until the login page has answered, and nobody need have logged in
//! to send it.

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// All names and values together, in bytes. An ordinary request has a few hundred; an ID token as a hint adds one or two thousand.
const LARGEST: usize = 8 << 10;

/// Refuses a request that is too large.
pub(in crate::authorize) fn bounded(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let size: usize = draft.params.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size <= LARGEST {
        return Ok(());
    }
    Err(OAuthError::new(OAuthCode::InvalidRequest).because("The request is larger than 8 KiB."))
}
