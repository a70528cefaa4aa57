//! The redirect URI is the client's own. This is the only place that makes a [`ProvenRedirect`], so a redirect to anywhere else
//! does not compile.

use std::sync::Arc;

use crate::{
    authorize::draft::Draft,
    model::client::Client,
    protocol::{
        error::{OAuthCode, OAuthError},
        redirect_uri::{self, RedirectUriError},
        response_mode::{Delivery, ResponseMode},
        response_type::ResponseType,
        scope,
    },
};

/// Where the client is answered, and how: its URI is registered, fit for a browser, and safe to carry a code.
#[derive(Debug, Clone)]
pub(crate) struct ProvenRedirect {
    uri: String,
    sent: bool,
    delivery: Delivery,
    state: Option<String>,
    client: Arc<Client>,
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
        self.delivery.mode
    }

    /// Whether the answer goes inside a signed JWT (JARM).
    pub(crate) fn is_signed(&self) -> bool {
        self.delivery.signed
    }

    /// Whose it is.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// What the client gets back to know its own request by.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Proves the redirect URI, or leaves the draft without one.
pub(in crate::authorize) fn prove(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let sent = draft.params.get("redirect_uri");
    // What was wrong with a request object is told where the request beside it says, and to the person where it says nothing.
    if sent.is_none()
        && let Some(fault) = draft.fault.take()
    {
        return Err(fault);
    }
    let client = draft.client.clone().ok_or(OAuthCode::InvalidClient)?;
    // OpenID Connect Core 3.1.2.1, the contract for whatever answers with tokens, and FAPI 2.0 5.3.2.2.
    let asked = ResponseType::parse(draft.params.get("response_type").unwrap_or_default());
    let must =
        scope::is_openid(&draft.scope) || asked.answers_in_fragment() || draft.rules.profile.demands_pushed_requests();
    let chosen = redirect_uri::choose(&client.redirect_uris, sent, must, draft.rules.dev);
    let uri = chosen.map_err(|error| refused(&client, sent, error))?;
    let proven = ProvenRedirect {
        uri: uri.to_owned(),
        sent: sent.is_some(),
        delivery: draft.delivery.unwrap_or(Delivery { mode: ResponseMode::Query, signed: false }),
        state: draft.params.get("state").map(str::to_owned),
        client: Arc::clone(&client),
    };
    draft.redirect = Some(proven);
    Ok(())
}

/// Why there is nowhere to answer to. Whoever looks at the page is told in what the URI differs, the log what was registered: the
/// page may be a stranger's.
fn refused(client: &Client, sent: Option<&str>, error: RedirectUriError) -> OAuthError {
    let mut told = error.to_string();
    let known = sent.filter(|_| error == RedirectUriError::NotRegistered);
    if let Some((sent, (nearest, differs_in))) =
        known.and_then(|sent| Some((sent, redirect_uri::nearest(&client.redirect_uris, sent)?)))
    {
        let differs_in = differs_in.join(", ");
        let sent: String = sent.chars().filter(|c| !c.is_control()).take(300).collect();
        tracing::warn!(
            client = %client.id, sent, nearest, differs_in,
            "a redirect_uri is not one the client has registered; they are compared letter by letter"
        );
        told = format!("{told} What differs from the nearest of them: {differs_in}.");
    }
    OAuthError::new(OAuthCode::InvalidRequest).because(told)
}
