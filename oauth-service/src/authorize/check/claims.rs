//! `claims` can be read, and so can be what the request wants to know of the login (OpenID Connect Core 5.5).

use crate::{
    authorize::draft::Draft,
    protocol::{
        acr::WantedAcr,
        claims_request,
        error::{OAuthCode, OAuthError},
    },
};

/// Reads the claims and the authentication context.
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    if let Some(text) = draft.params.get("claims") {
        let invalid = || {
            OAuthError::new(OAuthCode::InvalidRequest)
                .because("The parameter 'claims' must be a JSON object of claims.")
        };
        draft.claims = claims_request::parse(text).ok_or_else(invalid)?;
    }
    draft.acr = WantedAcr::of(&draft.claims, draft.params.get("acr_values"), &draft.client()?.default_acr_values);
    Ok(())
}
