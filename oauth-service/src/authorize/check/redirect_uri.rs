//! The redirect URI is the client's own. This is the only place that makes a [`ProvenRedirect`], so a redirect to anywhere else
//! does not compile.

use crate::{
    authorize::draft::Draft,
    protocol::{
        error::{OAuthCode, OAuthError},
        redirect_uri,
        response_mode::ResponseMode,
        scope,
    },
};

/// Where the client is answered, and how: its URI is registered, fit for a browser, and safe to carry a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProvenRedirect {
    uri: String,
    sent: bool,
    mode: ResponseMode,
    state: Option<String>,
}

impl ProvenRedirect {
    /// The URI, byte for byte as registered (but for the port of a loopback address).
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// The URI if the request named it: the token request must then name the same (RFC 6749 4.1.3).
    pub(crate) fn as_sent(&self) -> Option<&str> {
        self.sent.then_some(self.uri.as_str())
    }

    pub(crate) fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// What the client gets back to know its own request by.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Proves the redirect URI, or leaves the draft without one.
pub(in crate::authorize) fn prove(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let sent = draft.params.get("redirect_uri");
    let openid = scope::is_openid(&draft.scope);
    let chosen = redirect_uri::choose(&draft.client()?.redirect_uris, sent, openid, draft.rules.dev);
    let uri = chosen.map_err(|error| OAuthError::new(OAuthCode::InvalidRequest).because(error.to_string()))?;
    let proven = ProvenRedirect {
        uri: uri.to_owned(),
        sent: sent.is_some(),
        mode: draft.response_mode.unwrap_or(ResponseMode::Query),
        state: draft.params.get("state").map(str::to_owned),
    };
    draft.redirect = Some(proven);
    Ok(())
}
