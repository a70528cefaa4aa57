//! No parameter may come twice (RFC 6749 3.1). `audience` may: its list is written either way (contract 2.5); and so
//! may `resource` (RFC 8707 2).

use super::READ;
use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Those that decide where and how an error is told.
const IDENTITY: [&str; 6] = ["client_id", "redirect_uri", "response_mode", "response_type", "scope", "state"];

/// Refuses two values for what decides where an answer goes.
pub(in crate::authorize) fn identity(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    refuse(draft, &IDENTITY)
}

/// Refuses two values for anything else this server reads.
pub(in crate::authorize) fn rest(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    refuse(draft, &READ)?;
    if draft.params.has("login_verifier") && draft.params.has("consent_verifier") {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("The parameters 'login_verifier' and 'consent_verifier' exclude each other."));
    }
    Ok(())
}

fn refuse(draft: &Draft<'_>, names: &[&str]) -> Result<(), OAuthError> {
    match names.iter().find(|name| draft.params.repeats(name)) {
        None => Ok(()),
        Some(name) => Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because(format!("The parameter '{name}' is given more than once."))),
    }
}
