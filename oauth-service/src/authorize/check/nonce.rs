//! `nonce` is long enough to tie an ID token to the client's session (contract 3.1; OpenID Connect Core 15.5.2).

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        scope,
    },
};

/// The least length, in characters.
const LEAST: usize = 8;

/// Refuses a nonce that could be guessed. The code flow needs none.
pub(in crate::authorize) fn strong(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match draft.params.get("nonce") {
        Some(nonce) if scope::is_openid(&draft.scope) && nonce.chars().count() < LEAST => {
            Err(OAuthError::new(OAuthCode::InsufficientEntropy).because("It must have at least 8 characters."))
        }
        _ => Ok(()),
    }
}
