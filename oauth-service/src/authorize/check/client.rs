//! The client is one this server knows.

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses an unknown or missing `client_id`.
pub(in crate::authorize) fn known(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    if draft.client.is_some() {
        return Ok(());
    }
    let why = if draft.params.get("client_id").is_some() {
        "The requested client does not exist."
    } else {
        "The parameter 'client_id' is missing."
    };
    Err(OAuthError::new(OAuthCode::InvalidClient).because(why))
}
