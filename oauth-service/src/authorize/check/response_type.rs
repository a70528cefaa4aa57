//! The response type is registered for the client and one this server answers.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
        scope,
    },
};

/// Refuses a missing, unregistered or unknown response type (RFC 6749 3.1.1).
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let unsupported = |why| OAuthError::new(OAuthCode::UnsupportedResponseType).because(why);
    let text =
        draft.params.get("response_type").ok_or_else(|| unsupported("The parameter 'response_type' is missing."))?;
    let wanted = ResponseType::parse(text);
    let registered = draft.client()?.effective_response_types();
    if !registered.iter().any(|known| ResponseType::parse(known) == wanted) {
        return Err(unsupported("The client has not registered this response type."));
    }
    if !wanted.is_known() {
        return Err(unsupported("This server answers with 'code', 'token' and 'id_token' alone."));
    }
    // OpenID Connect Core 3.2.2.1: an ID token is for OpenID Connect requests.
    if wanted.has_id_token() && !scope::is_openid(&draft.scope) {
        return Err(unsupported("An ID token needs the scope 'openid'."));
    }
    draft.response_type = Some(wanted);
    Ok(())
}
