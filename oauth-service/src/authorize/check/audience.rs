//! The client may ask for tokens for these audiences (contract 2.5).

use crate::{
    authorize::draft::Draft,
    protocol::{
        audience,
        error::{OAuthCode, OAuthError},
    },
};

/// Refuses an audience that no registered one covers.
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.audience = audience::split(draft.params.all("audience"));
    match audience::first_refused(&draft.client()?.audience, &draft.audience) {
        None => Ok(()),
        Some(refused) => Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because(format!("The client may not request the audience '{refused}'."))),
    }
}
