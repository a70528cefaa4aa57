//! `state` is long enough to protect the client from forged answers (contract 3.1; RFC 6749 10.12).

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
    },
};

/// The least length, in characters.
const LEAST: usize = 8;

/// Refuses a state that could be guessed, and a missing one unless PKCE gives the same protection (RFC 9700 2.1.1).
pub(in crate::authorize) fn strong(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let code = draft.response_type.as_ref().is_none_or(ResponseType::has_code);
    match draft.params.get("state") {
        Some(state) if state.chars().count() >= LEAST => Ok(()),
        None if code && draft.params.get("code_challenge").is_some() => Ok(()),
        _ => Err(OAuthError::new(OAuthCode::InvalidState).because("It must have at least 8 characters.")),
    }
}
