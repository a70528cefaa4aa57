//! Request objects and kept requests have been read before the checks begin; what was wrong with them is told here, and what the client
//! has registered to demand of its own requests is enforced (RFC 9101 10.5, RFC 9126 6).

use crate::{
    authorize::draft::Draft,
    challenge::fingerprint::VERIFIERS,
    protocol::error::{OAuthCode, OAuthError},
};

/// Tells what was wrong.
pub(in crate::authorize) fn sound(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.fault.take().map_or(Ok(()), Err)
}

/// Refuses a request that did not come the way its client registered.
pub(in crate::authorize) fn demanded(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    // What a page sends back was checked when it began, and its verifier is good for no other request.
    if VERIFIERS.iter().any(|name| draft.params.has(name)) {
        return Ok(());
    }
    let (client, came) = (draft.client()?, draft.came);
    let refused = |why: &'static str| Err(OAuthError::new(OAuthCode::InvalidRequest).because(why));
    if draft.rules.profile.demands_pushed_requests() && !came.pushed {
        return refused("The security profile wants requests to be pushed.");
    }
    if client.require_pushed_authorization_requests && !came.pushed {
        return refused("The client has registered to push its requests.");
    }
    if client.require_signed_request_object && !came.signed {
        return refused("The client has registered to sign its requests.");
    }
    Ok(())
}
