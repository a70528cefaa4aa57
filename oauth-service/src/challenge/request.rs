//! What login and consent requests have in common: the authorization request behind them, its age, and what of a page's answer
//! may be kept.

use std::sync::Arc;

use shared_types::time::Time;
use url::Url;

use super::{ChallengeError, fingerprint, kept, url as urls};
use crate::{
    app::Cx,
    client,
    model::{
        challenge::{AuthFlowId, Carried, Passage},
        client::Client,
    },
    protocol::{
        audience,
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
    store::consents,
};

/// The authorization request a challenge belongs to.
pub(super) struct Behind {
    pub(super) params: Params,
    pub(super) client: Arc<Client>,
    pub(super) request_url: Url,
    /// The `request_uri` of this server that stands for the request.
    pub(super) request_uri: Option<String>,
}

/// An authorization request as challenges need it.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) client: &'a Client,
    pub(crate) params: &'a Params,
    /// The `request_uri` of this server that stands for the parameters.
    pub(crate) request_uri: Option<&'a str>,
}

impl Origin<'_> {
    pub(super) fn carried(&self) -> Carried {
        match self.request_uri {
            Some(uri) => Carried::Kept(uri.to_owned()),
            None => Carried::Query(self.params.without(&fingerprint::VERIFIERS).query()),
        }
    }

    /// The request as a URL of this server. The hint is left out: it is large, and the person's own data.
    pub(crate) fn url(&self, cx: &Cx) -> Url {
        match self.request_uri {
            Some(uri) => kept_url(cx, self.client, uri),
            None => request_url(cx, &self.params.without(&["id_token_hint"])),
        }
    }
}

/// A request this server keeps, as a URL.
pub(super) fn kept_url(cx: &Cx, client: &Client, request_uri: &str) -> Url {
    let params = Params::default().with("client_id", client.id.as_str()).with("request_uri", request_uri);
    urls::with_query(&cx.config.urls.public, urls::AUTHORIZE, &params)
}

impl Behind {
    pub(super) fn scope(&self) -> Vec<String> {
        scope::split(self.params.get("scope").unwrap_or_default())
    }

    pub(super) fn audience(&self) -> Vec<String> {
        audience::requested(&self.params)
    }

    /// Where the browser goes with a page's answer.
    pub(super) fn answered(&self, verifier: &str, sealed: &str) -> String {
        urls::with_params(&self.request_url, &[(verifier, sealed)]).into()
    }
}

/// When a passage is over.
pub(crate) fn expires_at(cx: &Cx, requested_at: Time) -> Time {
    requested_at + cx.config.ttl.login_consent_request.chrono()
}

/// Refuses a passage that has taken too long.
pub(super) fn check_age(cx: &Cx, flow: &Passage) -> Result<(), ChallengeError> {
    if cx.now < expires_at(cx, flow.requested_at) { Ok(()) } else { Err(ChallengeError::expired()) }
}

/// The authorization request, or a device's, as a URL of this server, verifiers left out.
pub(super) fn request_url(cx: &Cx, params: &Params) -> Url {
    let path = if params.has("device_verifier") { urls::DEVICE_VERIFY } else { urls::AUTHORIZE };
    urls::with_query(&cx.config.urls.public, path, &params.without(&fingerprint::VERIFIERS))
}

/// Loads what a challenge speaks of. A client removed meanwhile makes the request unknown.
pub(super) async fn behind(cx: &Cx, request: &Carried) -> Result<Behind, ChallengeError> {
    let params = match request {
        Carried::Query(query) => Params::parse(query),
        Carried::Kept(uri) => {
            let kept = kept::open(cx, uri).await?.ok_or_else(ChallengeError::unknown)?;
            Params::parse(&kept.query)
        }
    };
    let found = client::find(cx, params.get("client_id").unwrap_or_default()).await?;
    let client = found.ok_or_else(ChallengeError::unknown)?;
    let (request_url, reference) = match request {
        Carried::Query(_) => (request_url(cx, &params), None),
        Carried::Kept(uri) => (kept_url(cx, &client, uri), Some(uri.clone())),
    };
    Ok(Behind { params, client, request_url, request_uri: reference })
}

/// Refuses a flow that has ended in a consent already.
pub(super) async fn check_unused(cx: &Cx, flow: AuthFlowId, request_url: &Url) -> Result<(), ChallengeError> {
    if cx.db.read(move |conn| consents::has_flow(conn, flow)).await? {
        return Err(ChallengeError::Used { redirect_to: request_url.to_string() });
    }
    Ok(())
}

/// Refuses a verifier that was never made here or answers another request than the one it came with.
pub(super) fn check_verifier<T>(
    opened: Option<T>,
    print: impl Fn(&T) -> &str,
    params: &Params,
) -> Result<T, OAuthError> {
    let denied = |why: &'static str| OAuthError::new(OAuthCode::AccessDenied).because(why);
    let verifier = opened.ok_or_else(|| denied("The verifier is not one of this server, or its time has run out."))?;
    if print(&verifier) == fingerprint::of(params) {
        Ok(verifier)
    } else {
        Err(denied("The verifier answers another request than the one it came with."))
    }
}

/// Refuses a verifier that comes back too late.
pub(super) fn check_verifier_age(cx: &Cx, flow: &Passage) -> Result<(), OAuthError> {
    if cx.now < expires_at(cx, flow.requested_at) {
        return Ok(());
    }
    Err(OAuthError::new(OAuthCode::RequestUnauthorized).because("The request has expired. Start again."))
}

/// Refuses a text that would not survive being stored or shown.
pub(super) fn check_text(name: &str, text: &str, longest: usize) -> Result<(), ChallengeError> {
    if text.len() > longest {
        return Err(ChallengeError::invalid(format!("The field '{name}' is longer than {longest} bytes.")));
    }
    if text.chars().any(char::is_control) {
        return Err(ChallengeError::invalid(format!("The field '{name}' holds a control character.")));
    }
    Ok(())
}
