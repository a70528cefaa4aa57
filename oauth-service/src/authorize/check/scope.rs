//! The requested scopes are words, and the client may ask for each.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        scope,
    },
};

/// Refuses a scope that is no scope or that the client has not registered (RFC 6749 3.3).
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let invalid = |why| OAuthError::new(OAuthCode::InvalidScope).because(why);
    if draft.scope.iter().any(|requested| !scope::is_token(requested)) {
        return Err(invalid("A scope holds a character that may not stand in one.".to_owned()));
    }
    let registered = scope::split(&draft.client()?.scope);
    match draft.rules.scope_strategy.first_refused(&registered, &draft.scope) {
        None => Ok(()),
        Some(refused) => Err(invalid(format!("The client may not request the scope '{refused}'."))),
    }
}
