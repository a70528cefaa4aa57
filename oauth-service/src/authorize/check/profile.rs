//! What comes by the browser is bound to no key, and some may not come that way (RFC 9700 2.1.2, FAPI 2.0 5.3.2.2).

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        response_type::ResponseType,
    },
};

/// Refuses a response type the security profile, or the client's own registration, does not let this server answer.
pub(in crate::authorize) fn kept(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let refused = |why: &'static str| Err(OAuthError::new(OAuthCode::UnsupportedResponseType).because(why));
    let wanted = draft.response_type.as_ref();
    let (token, id_token) =
        (wanted.is_some_and(ResponseType::has_token), wanted.is_some_and(ResponseType::has_id_token));
    let (client, profile) = (draft.client()?, draft.rules.profile);
    if token && profile.forbids_front_channel_tokens() {
        return refused("The security profile lets no access token come by the browser.");
    }
    if id_token && profile.answers_codes_alone() {
        return refused("The security profile knows the response type 'code' alone.");
    }
    if token && (client.dpop_bound_access_tokens || client.tls_client_certificate_bound_access_tokens) {
        return refused(
            "The client is registered for bound tokens, and what comes by the browser is bound to nothing.",
        );
    }
    Ok(())
}
