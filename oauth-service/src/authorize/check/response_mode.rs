//! `response_mode` is one this server has. Every client may use all of them.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_mode::{Delivery, ResponseMode},
        response_type::ResponseType,
    },
};

/// Reads the mode; without one it is the query for `code` and the fragment for types that answer with tokens.
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let default = default_of(draft);
    let delivery = match draft.params.get("response_mode") {
        None => Delivery { mode: default, signed: false },
        Some(name) => Delivery::parse(name, default).ok_or_else(|| {
            OAuthError::new(OAuthCode::UnsupportedResponseMode)
                .because("Use 'query', 'fragment' or 'form_post', or one of them with '.jwt', or 'jwt'.")
        })?,
    };
    // Even the refusal of a query that would carry tokens goes where such a client looks for it.
    let mode = if delivery.mode == ResponseMode::Query { default } else { delivery.mode };
    draft.delivery = Some(Delivery { mode, ..delivery });
    Ok(())
}

/// Multiple Response Types, section 5, and JARM 2.3.1: what carries tokens must not be answered in the query.
pub(in crate::authorize) fn fitting(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let asked = draft.params.get("response_mode").and_then(|name| Delivery::parse(name, default_of(draft)));
    if asked.is_some_and(|asked| asked.mode == ResponseMode::Query) && default_of(draft) == ResponseMode::Fragment {
        return Err(OAuthError::new(OAuthCode::UnsupportedResponseMode)
            .because("An answer with tokens does not go into the query."));
    }
    Ok(())
}

fn default_of(draft: &Draft<'_>) -> ResponseMode {
    let response_type = ResponseType::parse(draft.params.get("response_type").unwrap_or_default());
    if response_type.answers_in_fragment() { ResponseMode::Fragment } else { ResponseMode::Query }
}
