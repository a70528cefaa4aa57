//! `authorization_details` are of types this server and the client have registered (RFC 9396 5).

use crate::{
    authorize::draft::Draft,
    protocol::{
        authorization_details::{first_unregistered, parse},
        error::{OAuthCode, OAuthError},
    },
};

/// Reads the details; refuses what is malformed or of a type that is not known.
pub(in crate::authorize) fn allowed(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let invalid = |why: String| OAuthError::new(OAuthCode::InvalidAuthorizationDetails).because(why);
    let Some(text) = draft.params.get("authorization_details") else { return Ok(()) };
    let details = parse(text).map_err(|error| invalid(error.to_string()))?;
    let (client, known) = (draft.client()?, draft.rules.details_types);
    if let Some(unknown) = first_unregistered(&details, known, &client.authorization_details_types) {
        return Err(invalid(format!("The client may not ask for the type '{unknown}'.")));
    }
    draft.details = details;
    Ok(())
}
