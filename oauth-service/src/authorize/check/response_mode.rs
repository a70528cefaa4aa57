//! `response_mode` is one this server has. Every client may use all of them.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_mode::ResponseMode,
        response_type::ResponseType,
    },
};

/// Reads the mode; without one it is the query for `code` and the fragment for types that answer with tokens.
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let response_type = ResponseType::parse(draft.params.get("response_type").unwrap_or_default());
    let default = if response_type.answers_in_fragment() { ResponseMode::Fragment } else { ResponseMode::Query };
    let mode = match draft.params.get("response_mode") {
        None => default,
        Some(name) => ResponseMode::parse(name).ok_or_else(|| {
            OAuthError::new(OAuthCode::UnsupportedResponseMode).because("Use 'query', 'fragment' or 'form_post'.")
        })?,
    };
    // Multiple Response Types, section 5: what would carry tokens must not be answered in the query.
    draft.response_mode = Some(if mode == ResponseMode::Query { default } else { mode });
    Ok(())
}
