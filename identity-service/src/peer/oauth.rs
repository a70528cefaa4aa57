//! The OAuth2 provider's admin API: reading and answering login, consent, logout and device challenges (contract §9; the
//! messages are those of the Hydra API).
//!
//! Nothing here runs inside a unit of work, and nothing here knows flows or pages.

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_types::{
    contract::{
        AcceptConsent, AcceptLogin, ConsentRequest, LoginRequest, LogoutRequest, RedirectTo, RejectRequest,
        device::AcceptUserCode,
    },
    http::client::{HttpError, HttpReply, HttpRequest},
};
use url::Url;

use crate::app::{Cx, Env};

/// Why the provider did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    /// `oauth2_provider.url` is not set.
    #[error("a challenge came, but oauth2_provider.url is not set")]
    NotConfigured,
    /// The challenge was answered before; this is where the browser goes on.
    #[error("the challenge was answered before")]
    Answered(Url),
    /// The provider does not know the challenge, or it has expired.
    #[error("the provider does not know the challenge")]
    Unknown,
    /// The provider refused.
    #[error("the provider answered with status {status}")]
    Refused {
        /// Its HTTP status.
        status: u16,
        /// Its explanation.
        hint: String,
    },
    /// The provider's answer is not what its API promises.
    #[error("the provider's answer cannot be read")]
    Unreadable,
    /// No answer came.
    #[error("the provider cannot be reached")]
    Unreachable(#[from] HttpError),
}

/// What became of a code that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserCode {
    /// It is a device's; this is where the browser goes on.
    Right(Url),
    /// No device waits with it.
    Wrong,
    /// Too many were tried.
    TooMany,
    /// The challenge is not known, or its time is over.
    Over,
}

/// One of the conversations.
#[derive(Debug, Clone, Copy)]
enum Topic {
    Login,
    Consent,
    Logout,
    Device,
}

impl Topic {
    const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Logout => "logout",
            Self::Device => "device",
        }
    }
}

/// What a login challenge asks for.
pub(crate) async fn login_request(cx: &Cx, challenge: &str) -> Result<LoginRequest, PeerError> {
    read(cx, Topic::Login, challenge).await
}

/// Tells the provider who signed in; where the browser goes on.
pub(crate) async fn accept_login(cx: &Cx, challenge: &str, answer: &AcceptLogin) -> Result<Url, PeerError> {
    answered(&call(cx, Topic::Login, Some("accept"), challenge, Some(to_value(answer)?)).await?)
}

/// What a consent challenge asks for.
pub(crate) async fn consent_request(cx: &Cx, challenge: &str) -> Result<ConsentRequest, PeerError> {
    read(cx, Topic::Consent, challenge).await
}

/// Grants; where the browser goes on.
pub(crate) async fn accept_consent(cx: &Cx, challenge: &str, answer: &AcceptConsent) -> Result<Url, PeerError> {
    answered(&call(cx, Topic::Consent, Some("accept"), challenge, Some(to_value(answer)?)).await?)
}

/// Denies; where the browser goes on.
pub(crate) async fn reject_consent(cx: &Cx, challenge: &str, answer: &RejectRequest) -> Result<Url, PeerError> {
    answered(&call(cx, Topic::Consent, Some("reject"), challenge, Some(to_value(answer)?)).await?)
}

/// What a logout challenge asks for.
pub(crate) async fn logout_request(cx: &Cx, challenge: &str) -> Result<LogoutRequest, PeerError> {
    read(cx, Topic::Logout, challenge).await
}

/// Signs out at the provider; where the browser goes on.
pub(crate) async fn accept_logout(cx: &Cx, challenge: &str) -> Result<Url, PeerError> {
    answered(&call(cx, Topic::Logout, Some("accept"), challenge, None).await?)
}

/// Stays signed in at the provider.
pub(crate) async fn reject_logout(cx: &Cx, challenge: &str) -> Result<(), PeerError> {
    call(cx, Topic::Logout, Some("reject"), challenge, None).await.map(|_| ())
}

/// Hands on the code a person typed (RFC 8628 §3.3).
pub(crate) async fn accept_user_code(cx: &Cx, challenge: &str, code: &str) -> Result<UserCode, PeerError> {
    let body = to_value(&AcceptUserCode { user_code: code.to_owned() })?;
    let reply = send(cx, Topic::Device, Some("accept"), challenge, Some(body)).await?;
    tried(reply)
}

fn tried(reply: HttpReply) -> Result<UserCode, PeerError> {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = body.get("error").and_then(Value::as_str).unwrap_or_default();
    match (reply.status, code) {
        (200..=299, _) => answered(&reply).map(UserCode::Right),
        (400, _) => Ok(UserCode::Wrong),
        (403, "access_denied") | (429, _) => Ok(UserCode::TooMany),
        // The same status without this code is about our own credential.
        (401, "request_unauthorized") | (404, _) => Ok(UserCode::Over),
        _ => judged(reply).map(|_| UserCode::Over),
    }
}

/// What a subject consented to: consents as the provider lists them, several for one client perhaps.
pub(crate) async fn consents(env: &Env, subject: &str) -> Result<Vec<Value>, PeerError> {
    let mut url = below(base(env)?, "sessions/consent");
    // As many as one page holds.
    url.query_pairs_mut().clear().append_pair("subject", subject).append_pair("page_size", "500");
    let request = with_headers(env, HttpRequest::new("GET", url).header("accept", "application/json"));
    let reply = judged(env.peer.send(request).await?)?;
    serde_json::from_slice(&reply.body).map_err(|_| PeerError::Unreadable)
}

/// Takes back what a subject consented to for a client, with its codes and tokens.
pub(crate) async fn revoke_consents(env: &Env, subject: &str, client: &str) -> Result<(), PeerError> {
    let mut url = below(base(env)?, "sessions/consent");
    url.query_pairs_mut().clear().append_pair("subject", subject).append_pair("client", client);
    judged(env.peer.send(with_headers(env, HttpRequest::new("DELETE", url))).await?).map(|_| ())
}

/// Ends what the provider holds in the name of a subject: consents with their codes and tokens, then logins.
pub(crate) async fn revoke(env: &Env, subject: &str) -> Result<(), PeerError> {
    for (what, all) in [("consent", true), ("login", false)] {
        let mut url = below(base(env)?, &format!("sessions/{what}"));
        url.query_pairs_mut().clear().append_pair("subject", subject);
        if all {
            url.query_pairs_mut().append_pair("all", "true");
        }
        judged(env.peer.send(with_headers(env, HttpRequest::new("DELETE", url))).await?)?;
    }
    Ok(())
}

async fn read<T: DeserializeOwned>(cx: &Cx, topic: Topic, challenge: &str) -> Result<T, PeerError> {
    let reply = call(cx, topic, None, challenge, None).await?;
    serde_json::from_slice(&reply.body).map_err(|_| PeerError::Unreadable)
}

fn answered(reply: &HttpReply) -> Result<Url, PeerError> {
    redirect(&reply.body).ok_or(PeerError::Unreadable)
}

fn redirect(body: &[u8]) -> Option<Url> {
    let answer: RedirectTo = serde_json::from_slice(body).ok()?;
    Url::parse(&answer.redirect_to).ok()
}

fn to_value(answer: &impl serde::Serialize) -> Result<Value, PeerError> {
    serde_json::to_value(answer).map_err(|_| PeerError::Unreadable)
}

async fn call(
    cx: &Cx,
    topic: Topic,
    verb: Option<&str>,
    challenge: &str,
    body: Option<Value>,
) -> Result<HttpReply, PeerError> {
    judged(send(cx, topic, verb, challenge, body).await?)
}

async fn send(
    cx: &Cx,
    topic: Topic,
    verb: Option<&str>,
    challenge: &str,
    body: Option<Value>,
) -> Result<HttpReply, PeerError> {
    let method = if verb.is_some() { "PUT" } else { "GET" };
    let url = endpoint(base(cx)?, topic, verb, challenge);
    let mut request = with_headers(cx, HttpRequest::new(method, url).header("accept", "application/json"));
    if let Some(body) = body {
        request = request.json(&body);
    }
    Ok(cx.peer.send(request).await?)
}

fn endpoint(base: &Url, topic: Topic, verb: Option<&str>, challenge: &str) -> Url {
    let verb = verb.map(|verb| format!("/{verb}")).unwrap_or_default();
    let mut url = below(base, &format!("requests/{}{verb}", topic.name()));
    url.query_pairs_mut().clear().append_pair(&format!("{}_challenge", topic.name()), challenge);
    url
}

/// An endpoint below the configured URL, whose own path (a gateway's prefix) is kept.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let prefix = base.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}/admin/oauth2/auth/{path}"));
    url
}

/// Where the provider is.
fn base(env: &Env) -> Result<&Url, PeerError> {
    env.config.oauth2.url.as_ref().ok_or(PeerError::NotConfigured)
}

/// The headers of the configuration, which carry the credential.
fn with_headers(env: &Env, request: HttpRequest) -> HttpRequest {
    env.config.oauth2.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

fn judged(reply: HttpReply) -> Result<HttpReply, PeerError> {
    match reply.status {
        200..=299 => Ok(reply),
        404 => Err(PeerError::Unknown),
        410 => Err(redirect(&reply.body).map_or(PeerError::Unknown, PeerError::Answered)),
        status => Err(PeerError::Refused { status, hint: hint(&reply.body) }),
    }
}

/// What the provider says for its operator; OAuth2 errors have it in one of three places.
fn hint(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    ["/error_hint", "/error_description", "/error/reason", "/error"]
        .iter()
        .find_map(|pointer| body.pointer(pointer).and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests;
