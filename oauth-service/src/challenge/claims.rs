//! The claims of a consent as they are kept: sealed with `secrets.system` unless `oauth2.session.encrypt_at_rest` is off.

use shared_types::contract::ConsentSession;

use crate::{
    app::Cx,
    protocol::error::{OAuthCode, OAuthError},
};

const PURPOSE: &str = "consent session";

fn fault(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OAuthError {
    OAuthError::new(OAuthCode::ServerError).caused_by(cause)
}

/// The claims as a column.
pub(crate) fn seal(cx: &Cx, session: &ConsentSession) -> Result<String, OAuthError> {
    if cx.config.oauth2.encrypt_at_rest {
        cx.sealer.seal_packed(PURPOSE, cx.entropy.as_ref(), session).map_err(fault)
    } else {
        serde_json::to_string(session).map_err(fault)
    }
}

/// The claims of a column, sealed or not: the switch can be turned at any time. Sealed text has no brace.
pub(crate) fn open(cx: &Cx, column: &str) -> Result<ConsentSession, OAuthError> {
    if column.starts_with('{') {
        serde_json::from_str(column).map_err(fault)
    } else {
        cx.sealer.open_packed(PURPOSE, column).map_err(fault)
    }
}
