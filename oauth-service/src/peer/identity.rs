//! The token hook and the refresh hook (contract 5.8): the identity provider is asked for claims as they are now, before tokens are made.
//! And the end of a session there when its person logs out here (contract 6.4).

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use shared_types::{
    contract::{ConsentSession, HookReply},
    http::client::{HttpError, HttpReply, HttpRequest},
};

use crate::{
    app::Cx,
    config::{Hook, HookPlace, IdentityProvider},
    protocol::error::{OAuthCode, OAuthError},
};

/// How long a hook is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// From the first attempt to the last byte of the last one.
    limit: Duration,
    /// Pauses before further attempts.
    pauses: &'static [Duration],
}

impl Patience {
    /// A grant has been spent on the tokens: three attempts.
    pub(crate) const ISSUING: Self =
        Self { limit: Duration::from_secs(30), pauses: &[Duration::from_millis(100), Duration::from_millis(500)] };
    /// Somebody's own request waits for the answer, and can be made again.
    pub(crate) const LOOKING: Self = Self { limit: Duration::from_secs(2), pauses: &[] };
}

/// Asks a hook. `Some` replaces the claims of the grant, `None` leaves them as they are.
///
/// 403 is the hook's no and becomes `access_denied`. Anything else but 200 and 204 is a fault: tokens with claims nobody confirmed must
/// not be issued.
pub(crate) async fn call<B: Serialize>(
    cx: &Cx,
    hook: &Hook,
    body: &B,
    patience: Patience,
) -> Result<Option<ConsentSession>, OAuthError> {
    let request = request(hook, body)?;
    let asked = tokio::time::timeout(patience.limit, ask(cx, request, patience.pauses)).await;
    let reply = match asked {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => return Err(fault("The token hook could not be asked.").caused_by(error)),
        Err(_) => return Err(fault("The token hook did not answer in time.")),
    };
    match reply.status {
        200 => decoded(&reply).map(Some),
        204 => Ok(None),
        403 => {
            Err(OAuthError::new(OAuthCode::AccessDenied)
                .because("The identity provider refused to have tokens issued."))
        }
        status => Err(fault("The token hook failed.").caused_by(format!("the token hook answered {status}"))),
    }
}

fn fault(what: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::ServerError).because(what)
}

/// Objects alone are read as objects: what is no claim must not pass for having none.
fn decoded(reply: &HttpReply) -> Result<ConsentSession, OAuthError> {
    let unreadable = || fault("The token hook's answer cannot be read.");
    let members: Map<String, Value> =
        serde_json::from_slice(&reply.body).map_err(|error| unreadable().caused_by(error))?;
    if members.get("session").is_some_and(|session| !session.is_object()) {
        return Err(unreadable());
    }
    let parsed: Result<HookReply, _> = serde_json::from_value(Value::Object(members));
    parsed.map(|reply| reply.session).map_err(|error| unreadable().caused_by(error))
}

fn request<B: Serialize>(hook: &Hook, body: &B) -> Result<HttpRequest, OAuthError> {
    let json =
        serde_json::to_value(body).map_err(|error| fault("The token hook could not be asked.").caused_by(error))?;
    let request = HttpRequest::new("POST", hook.url.clone()).json(&json);
    Ok(match &hook.auth {
        None => request,
        Some(auth) => match auth.place {
            HookPlace::Header => request.header(&auth.name, auth.value.expose()),
            HookPlace::Cookie => request.header("cookie", format!("{}={}", auth.name, auth.value.expose())),
        },
    })
}

/// Sends the request, again after each pause where it failed in a way that may pass.
async fn ask(cx: &Cx, request: HttpRequest, pauses: &[Duration]) -> Result<HttpReply, HttpError> {
    for pause in pauses {
        let result = cx.http.send(request.clone()).await;
        if !may_pass(&result) {
            return result;
        }
        tokio::time::sleep(*pause).await;
    }
    cx.http.send(request).await
}

/// Whether the same request may fare better later.
fn may_pass(result: &Result<HttpReply, HttpError>) -> bool {
    match result {
        Ok(reply) => reply.status == 429 || reply.status >= 500,
        Err(HttpError::Timeout(_) | HttpError::Unreachable(..)) => true,
        Err(_) => false,
    }
}

/// Ends a session at the identity provider, in the background (contract 6.4): the person is logged out here whether it can be reached
/// or not.
pub(crate) fn end_session(cx: &Cx, id: &str) {
    let Some(request) = cx.config.identity_provider.as_ref().and_then(|provider| ending(provider, id)) else { return };
    let peer = cx.peer.clone();
    tokio::spawn(async move {
        match peer.send(request).await {
            // 404: it has ended already.
            Ok(reply) if matches!(reply.status, 200..=299 | 404 | 410) => {}
            Ok(reply) => tracing::warn!(status = reply.status, "the identity provider did not end its session"),
            Err(error) => tracing::warn!(%error, "the identity provider could not be asked to end its session"),
        }
    });
}

/// `DELETE /admin/sessions/{id}` of the identity provider's admin API.
fn ending(provider: &IdentityProvider, id: &str) -> Option<HttpRequest> {
    let mut url = provider.url.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(["admin", "sessions", id]);
    let request = HttpRequest::new("DELETE", url);
    Some(provider.headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
}

#[cfg(test)]
mod tests;
