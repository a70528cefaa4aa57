//! No control character stands in anything this server reads: none of these values has a use for one, and databases and logs
//! disagree about what to do with them.

use super::READ;
use crate::{
    authorize::draft::Draft,
    protocol::error::{OAuthCode, OAuthError},
};

/// Refuses control characters.
pub(in crate::authorize) fn printable(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let read = draft.params.iter().filter(|(name, _)| READ.contains(name) || matches!(*name, "audience" | "resource"));
    for (name, value) in read {
        if value.chars().any(char::is_control) {
            return Err(OAuthError::new(OAuthCode::InvalidRequest)
                .because(format!("The parameter '{name}' holds a control character.")));
        }
    }
    Ok(())
}
