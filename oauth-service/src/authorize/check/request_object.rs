//! Request objects are not taken (OpenID Connect Core 6.1, 6.2). Ignoring one would answer another request than the client signed.

use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses `request` and `request_uri`.
pub(in crate::authorize) fn absent(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match (draft.params.get("request"), draft.params.get("request_uri")) {
        (None, None) => Ok(()),
        (Some(_), _) => Err(OAuthCode::RequestNotSupported.into()),
        (None, Some(_)) => Err(OAuthCode::RequestUriNotSupported.into()),
    }
}
