//! The authorization endpoint (contract 3; RFC 6749 4.1, OpenID Connect Core 3.1.2) and the logout endpoint (contract 6.4), as far as
//! they can be told without HTTP: parameters and cookies in, a reply and cookie changes out.
//!
//! A request passes three times: when it starts, with the login page's answer, and with the consent page's. Every time it goes through
//! the whole [`matrix`] of checks; only then does the leg it is on begin.

mod check;
pub(crate) mod device;
mod draft;
pub(crate) mod end_session;
mod failure;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod jarm;
mod leg;
mod matrix;
mod notify;
mod object;
pub(crate) mod push;
pub(crate) mod respond;
mod session_state;
mod source;

pub(crate) use respond::{Outcome, Reply};

use crate::{
    app::Cx,
    challenge::{jar::Jar, kept},
    client,
    model::challenge::KeptRequest,
    protocol::{error::OAuthError, params::Params},
};
use draft::{Authorized, Draft, Rules};
use failure::{Failure, Refusal};

/// Answers one request to the authorization endpoint.
pub(crate) async fn authorize(cx: &Cx, params: &Params, mut jar: Jar) -> Outcome {
    let reply = match passed(cx, params, &mut jar).await {
        Ok(reply) => reply,
        Err(failure) => respond::failed(cx, failure).await,
    };
    Outcome { reply, cookies: jar.into_changes() }
}

/// Answers a request whose parameters could not even be read.
pub(crate) fn unreadable(cx: &Cx, error: &OAuthError) -> Outcome {
    Outcome { reply: respond::refused(cx, error), cookies: Vec::new() }
}

async fn passed(cx: &Cx, params: &Params, jar: &mut Jar) -> Result<Reply, Failure> {
    // A parameter of the device endpoint alone; here it is nobody's, and ignored.
    let params = &params.without(&["device_verifier"]);
    let client = match params.get("client_id") {
        Some(id) if !id.chars().any(char::is_control) => client::find(cx, id).await,
        _ => Ok(None),
    };
    let client = client.map_err(|error| Failure::Page(error.into()))?;
    let mut source = source::of(cx, params, client.as_deref(), jar.address()).await;
    let is_object = source.is_object;
    let authorized = Draft::of(&mut source, client, Rules::of(&cx.config)).seal()?;
    let result = match (params.get("login_verifier"), params.get("consent_verifier")) {
        (None, None) if is_object => start_by_object(cx, jar, authorized.clone()).await,
        (None, None) => leg::start::run(cx, jar, &authorized).await,
        (Some(verifier), None) => leg::login::run(cx, jar, &authorized, verifier).await,
        (_, Some(verifier)) => leg::consent::run(cx, jar, &authorized, verifier).await,
    };
    result.map_err(|refusal| Failure::Redirect(Box::new(authorized.redirect().clone()), refusal))
}

/// What a request object said is kept under a `request_uri` of this server: the later legs need not read the object again, and its
/// parameters do not stand in the browser's address.
async fn start_by_object(cx: &Cx, jar: &mut Jar, authorized: Authorized) -> Result<Reply, Refusal> {
    let kept = KeptRequest {
        client: authorized.client().id.clone(),
        query: authorized.params().query(),
        came: authorized.came(),
        until: cx.now + cx.config.ttl.login_consent_request.chrono(),
    };
    let request_uri = kept::carry(cx, &kept, jar.address()).await?;
    leg::start::run(cx, jar, &authorized.carried_by(request_uri)).await
}
