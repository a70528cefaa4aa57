//! `max_age` is a number of seconds.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        max_age::MaxAge,
    },
};

/// Reads the age, if one was sent.
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(text) = draft.params.get("max_age") else {
        // OpenID Connect Registration 2: "The max_age request parameter overrides this default value."
        draft.max_age = draft.client()?.default_max_age.map(MaxAge::of_seconds);
        return Ok(());
    };
    let invalid = || {
        OAuthError::new(OAuthCode::InvalidRequest).because("The parameter 'max_age' must be a whole number of seconds.")
    };
    draft.max_age = Some(MaxAge::parse(text).ok_or_else(invalid)?);
    Ok(())
}
