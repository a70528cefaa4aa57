//! Proof key for code exchange (contract 4.2; RFC 7636 4.3, RFC 9700 2.1.1).

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        pkce::{ChallengeError, CodeChallenge},
        response_type::ResponseType,
    },
};

/// Reads the challenge. Public clients must send one; confidential ones where the configuration says so.
pub(in crate::authorize) fn read(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let (challenge, method) = (draft.params.get("code_challenge"), draft.params.get("code_challenge_method"));
    let refused = |error: ChallengeError| OAuthError::new(OAuthCode::InvalidRequest).because(error.to_string());
    draft.code_challenge = CodeChallenge::of_request(challenge, method).map_err(refused)?;
    // Without a code there is nothing to exchange.
    let code = draft.response_type.as_ref().is_none_or(ResponseType::has_code);
    let must = code && (draft.rules.pkce_enforced || draft.client()?.is_public());
    if must && draft.code_challenge.is_none() { Err(refused(ChallengeError::Missing)) } else { Ok(()) }
}
