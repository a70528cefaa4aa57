//! The providers people sign in at: where they are, how they are asked, and what of their answers can be believed
//! (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9207).
//!
//! Nothing here knows flows, identities or forms, and nothing here runs inside a unit of work.

mod api;
mod apple;
mod ask;
mod claims;
mod directory;
mod id_token;
mod oauth1;
mod preset;
mod profile;
mod token;
mod x;

use serde_json::{Map, Value};
use shared_types::http::client::{HttpError, HttpReply, HttpRequest};
use url::Url;

pub(crate) use self::{
    ask::{Question, asked, wants_pkce},
    directory::Directory,
    id_token::handed_in,
    x::Temporary,
};
use crate::{
    app::Cx,
    config::{ClaimsSource, Provider, ProviderKind},
};

/// Why a provider's answer led to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// No answer came, or not what its protocol promises.
    #[error("{0}")]
    Failed(String),
    /// The provider said no.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The answer may not be the provider's, or not for us.
    #[error("the provider's answer cannot be believed: {0}")]
    Untrusted(&'static str),
    /// The provider is not set up for this.
    #[error("{0}")]
    Unfit(&'static str),
}

impl From<HttpError> for ProviderError {
    fn from(error: HttpError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The tokens of one sign-in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
    /// The whole answer: some providers put more into it.
    extra: Map<String, Value>,
}

/// A provider's answer that came back with the browser.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) code: &'a str,
    /// Who answers, if it says so (RFC 9207).
    pub(crate) issuer: Option<&'a str>,
    /// Apple: the name of the person, sent once and by the browser.
    pub(crate) user: Option<&'a str>,
    /// What the question was bound to.
    pub(crate) verifier: Option<&'a str>,
    pub(crate) nonce: &'a str,
    /// X: the token the browser has brought back, and what it was given out as.
    pub(crate) token: Option<&'a str>,
    pub(crate) temporary: Option<&'a Temporary>,
}

/// Who it is, as the provider says.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// In the names every mapper knows; `sub` is among them.
    pub(crate) claims: Map<String, Value>,
    /// What the provider's API said of it, where that was asked.
    pub(crate) userinfo: Option<Map<String, Value>>,
    pub(crate) tokens: Tokens,
}

/// How far the exchange of a code for a person had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The code was to be exchanged.
    Exchange,
    /// The ID token was to be verified.
    IdToken,
    /// The person was to be described.
    Claims,
}

impl Tokens {
    /// Whether that text is one of them.
    pub(crate) fn holds(&self, text: &str) -> bool {
        !text.is_empty() && [&self.access, &self.refresh, &self.id].into_iter().any(|token| token == text)
    }
}

/// Exchanges a code for tokens, and finds out who it is.
pub(crate) async fn identify(cx: &Cx, provider: &Provider, answer: Answer<'_>) -> Result<Found, ProviderError> {
    identify_by_stages(cx, provider, answer).await.map_err(|(_, error)| error)
}

/// The same, telling how far it came.
pub(crate) async fn identify_by_stages(
    cx: &Cx,
    provider: &Provider,
    answer: Answer<'_>,
) -> Result<Found, (Stage, ProviderError)> {
    fn at(stage: Stage) -> impl Fn(ProviderError) -> (Stage, ProviderError) {
        move |error| (stage, error)
    }
    if provider.kind == ProviderKind::X {
        return x::identify(cx, provider, answer).await;
    }
    let place = directory::place(cx, provider).await.map_err(at(Stage::Exchange))?;
    place.check_sender(answer.issuer).map_err(at(Stage::Exchange))?;
    let tokens = token::exchange(cx, provider, &place, answer).await.map_err(at(Stage::Exchange))?;
    let id_claims = match tokens.id.as_str() {
        "" => None,
        token if place.verifies_id_tokens() => {
            let nonce = preset::repeats_nonces(provider.kind).then_some(answer.nonce);
            let wanted = id_token::Wanted { nonce, audiences: &[] };
            Some(id_token::verified(cx, provider, &place, token, wanted).await.map_err(at(Stage::IdToken))?)
        }
        _ => None,
    };
    if id_claims.is_none() && preset::speaks_openid(provider.kind) {
        let told = "there is no ID token; the scope must hold openid";
        return Err((Stage::IdToken, ProviderError::Untrusted(told)));
    }
    let userinfo = match (&place.profile, &id_claims) {
        (preset::Profile::IdToken, Some(_)) if provider.claims_source == ClaimsSource::IdToken => None,
        _ => Some(profile::read(cx, provider, &place, &tokens).await.map_err(at(Stage::Claims))?),
    };
    let mut raw = profile::merged(provider, id_claims.as_ref(), userinfo.as_ref()).map_err(at(Stage::Claims))?;
    if let Some(user) = answer.user {
        apple::add_name(&mut raw, user);
    }
    profile::choose_subject(cx, provider, &tokens, &mut raw).await.map_err(at(Stage::Claims))?;
    let claims = claims::normal(&raw).ok_or(ProviderError::Untrusted("it names no subject"));
    Ok(Found { claims: claims.map_err(at(Stage::Claims))?, userinfo, tokens })
}

/// Sends a request that must be answered with JSON and a status below 300.
async fn json(cx: &Cx, mut request: HttpRequest) -> Result<Map<String, Value>, ProviderError> {
    request.timeout = Some(TIMEOUT);
    let url = shown(&request.url);
    let reply = cx.http.send(request.header("accept", "application/json")).await?;
    match reply.status {
        200..=299 => {
            object(&reply).ok_or_else(|| ProviderError::Failed(format!("{url} did not answer with an object")))
        }
        status => Err(ProviderError::Failed(format!("{url} answered with status {status}"))),
    }
}

/// No provider is waited for longer: a person waits behind it.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

fn object(reply: &HttpReply) -> Option<Map<String, Value>> {
    serde_json::from_slice(&reply.body).ok()
}

/// A URL for logs: some carry a token in the query.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
