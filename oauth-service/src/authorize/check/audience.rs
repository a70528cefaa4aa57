//! The client may ask for tokens for these audiences (contract 2.5) and resources (RFC 8707 2).

use crate::{
    authorize::draft::Draft,
    protocol::{
        audience,
        error::{OAuthCode, OAuthError},
    },
};

/// Refuses an audience that no registered one covers.
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let refused = |why: String| OAuthError::new(OAuthCode::InvalidTarget).because(why);
    for resource in draft.params.all("resource") {
        if !audience::is_resource(resource) {
            return Err(refused("A resource must be an absolute URI without fragment.".to_owned()));
        }
        if !draft.client()?.audience.iter().any(|known| audience::covers(known, resource)) {
            return Err(refused(format!("The client may not request the resource '{resource}'.")));
        }
    }
    draft.audience = audience::requested(draft.params);
    match audience::first_refused(&draft.client()?.audience, &draft.audience) {
        None => Ok(()),
        Some(refused) => Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because(format!("The client may not request the audience '{refused}'."))),
    }
}
