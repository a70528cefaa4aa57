//! `prompt` can be honoured.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        prompt::Prompt,
    },
};

/// Reads the prompts; refuses unknown ones, and `none` beside others (OpenID Connect Core 3.1.2.1).
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let list = draft.params.get("prompt").unwrap_or_default();
    draft.prompt =
        Prompt::parse(list).map_err(|error| OAuthError::new(OAuthCode::InvalidRequest).because(error.to_string()))?;
    Ok(())
}
