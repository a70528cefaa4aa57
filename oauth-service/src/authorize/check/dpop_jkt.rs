//! `dpop_jkt` names the key the code will be exchanged with (RFC 9449 10).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
    },
};

/// Refuses what is no SHA-256 thumbprint, and one beside tokens that come by the browser: those are bound to nothing.
pub(in crate::authorize) fn fitting(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let refused = |why| Err(OAuthError::new(OAuthCode::InvalidRequest).because(why));
    let Some(text) = draft.params.get("dpop_jkt") else { return Ok(()) };
    if !URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32) {
        return refused("The parameter 'dpop_jkt' must be the SHA-256 thumbprint of a key.");
    }
    if draft.response_type.as_ref().is_some_and(ResponseType::has_token) {
        return refused("Tokens that come by the browser cannot be bound to the key of 'dpop_jkt'.");
    }
    Ok(())
}
