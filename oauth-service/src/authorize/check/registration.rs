//! Registration within an authorization request is not taken (OpenID Connect Core 7.2.1).

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses `registration`.
pub(in crate::authorize) fn absent(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match draft.params.get("registration") {
        None => Ok(()),
        Some(_) => Err(OAuthCode::RegistrationNotSupported.into()),
    }
}
