//! `GET /oauth2/device/verify`: a person types a device's code in a browser, logs in and consents, and the device gets its tokens
//! (RFC 8628 3.3; contract 4.8).
//!
//! The browser passes four times: to be sent to the page that asks for the code, with the code, with the login page's answer, and with
//! the consent page's. What the device asked for is in its row; of the URL nothing is believed but what is sealed.

mod consent;
mod login;

use std::sync::Arc;

use super::{Outcome, Reply, failure::Refusal};
use crate::{
    app::Cx,
    challenge::{self, jar::Jar},
    client,
    model::{
        client::Client,
        device::{DeviceRequest, DeviceState},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::device_requests,
};

/// Answers one request to the verification endpoint. There is no client to tell of a failure: the person is.
pub(crate) async fn verify(cx: &Cx, params: &Params, mut jar: Jar) -> Outcome {
    let reply = passed(cx, params, &mut jar).await.unwrap_or_else(told);
    Outcome { reply, cookies: jar.into_changes() }
}

fn told(refusal: Refusal) -> Reply {
    if let Some(cause) = &refusal.cause {
        tracing::info!(code = cause.code.as_str(), reason = %cause.public, "device verification refused");
    }
    let code = refusal.cause.map_or(OAuthCode::AccessDenied, |cause| cause.code);
    Reply::Told { code, error: refusal.error.into_owned(), description: refusal.description }
}

async fn passed(cx: &Cx, params: &Params, jar: &mut Jar) -> Result<Reply, Refusal> {
    if params.get("device_verifier").is_none() {
        return Ok(Reply::Page(challenge::device::ask(cx, jar, params.get("user_code")).await?));
    }
    let asked = asked(cx, jar, params).await?;
    match (params.get("login_verifier"), params.get("consent_verifier")) {
        (None, None) => login::ask(cx, jar, &asked).await,
        (Some(verifier), None) => login::answered(cx, jar, &asked, verifier).await,
        (_, Some(verifier)) => consent::answered(cx, jar, &asked, verifier).await,
    }
}

/// A device's request that a person is deciding about.
struct Asked {
    request: DeviceRequest,
    client: Arc<Client>,
    /// What the browser came with, verifiers included.
    params: Params,
}

impl Asked {
    /// The request as pages are told of it, whatever the URL says.
    fn told(&self) -> Params {
        let mut params = Params::default()
            .with("client_id", self.client.id.as_str())
            .with("device_verifier", self.params.get("device_verifier").unwrap_or_default());
        if !self.request.scope.is_empty() {
            params = params.with("scope", &self.request.scope.join(" "));
        }
        for audience in &self.request.audience {
            params = params.with("audience", audience);
        }
        params
    }

    /// Keeps that the person refused, so that the device need not ask until its code expires.
    async fn deny(&self, cx: &Cx) -> Result<(), OAuthError> {
        let id = self.request.id;
        cx.db.write(move |conn| device_requests::deny(conn, id)).await?;
        Ok(())
    }
}

async fn asked(cx: &Cx, jar: &Jar, params: &Params) -> Result<Asked, OAuthError> {
    let invalid = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequest).because(why);
    let client_id = params.get("client_id").ok_or_else(|| invalid("The parameter 'client_id' is missing."))?;
    let verifier = challenge::device::verifier(cx, jar, params).await?;
    let found = cx.db.read(move |conn| device_requests::get(conn, verifier.request)).await?;
    let gone = || OAuthError::new(OAuthCode::ExpiredToken);
    let request = found.filter(|request| request.expires_at > cx.now).ok_or_else(gone)?;
    if request.client_id.as_str() != client_id {
        return Err(invalid("The client_id is not the one of the device."));
    }
    if request.state != DeviceState::Claimed {
        return Err(OAuthError::new(OAuthCode::AccessDenied).because("This request has been decided."));
    }
    let client = client::find(cx, client_id).await?.ok_or_else(|| OAuthError::new(OAuthCode::InvalidClient))?;
    Ok(Asked { request, client, params: params.clone() })
}
