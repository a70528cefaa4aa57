//! `nonce` is long enough to tie an ID token to the client's session (contract 3.1; OpenID Connect Core 15.5.2).

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
        scope,
    },
};

/// The least length, in characters.
const LEAST: usize = 8;

/// Refuses a nonce that could be guessed, and a missing one where the ID token comes by the browser (OpenID Connect Core 3.2.2.1,
/// 3.3.2.11). The code flow needs none.
pub(in crate::authorize) fn strong(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let id_token = draft.response_type.as_ref().is_some_and(ResponseType::has_id_token);
    match draft.params.get("nonce") {
        None if id_token => {
            Err(OAuthError::new(OAuthCode::InvalidRequest).because("The parameter 'nonce' is missing."))
        }
        Some(nonce) if scope::is_openid(&draft.scope) && nonce.chars().count() < LEAST => {
            Err(OAuthError::new(OAuthCode::InsufficientEntropy).because("It must have at least 8 characters."))
        }
        _ => Ok(()),
    }
}
