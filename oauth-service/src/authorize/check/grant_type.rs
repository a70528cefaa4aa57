//! The client may use the authorization code grant (RFC 6749 4.1.2.1, `unauthorized_client`).

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses a client that could not redeem the code it asks for.
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let grants = draft.client()?.effective_grant_types();
    if grants.contains(&"authorization_code") {
        return Ok(());
    }
    Err(OAuthError::new(OAuthCode::UnauthorizedClient)
        .because("The client has not registered the grant 'authorization_code'."))
}
