//! The client may use the grants its response type stands for (RFC 6749 4.1.2.1 and 4.2.2.1, `unauthorized_client`; OpenID Connect
//! Registration 2).

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses a client that could not redeem the code it asks for, or that has not registered to get tokens by the browser.
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let refused = |why: String| Err(OAuthError::new(OAuthCode::UnauthorizedClient).because(why));
    let client = draft.client()?;
    let (code, token, id_token) = draft
        .response_type
        .as_ref()
        .map_or((true, false, false), |asked| (asked.has_code(), asked.has_token(), asked.has_id_token()));
    let needed = [("authorization_code", code), ("implicit", token || (id_token && !code))];
    if let Some((grant, _)) = needed.into_iter().find(|(grant, needed)| *needed && !client.has_grant(grant)) {
        return refused(format!("The client has not registered the grant '{grant}'."));
    }
    Ok(())
}
