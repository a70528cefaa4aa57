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
mod leg;
mod matrix;
pub(crate) mod respond;

pub(crate) use respond::{Outcome, Reply};

use crate::{
    app::Cx,
    challenge::jar::Jar,
    client,
    protocol::{error::OAuthError, params::Params},
};
use draft::{Draft, Rules};
use failure::Failure;

/// Answers one request to the authorization endpoint.
pub(crate) async fn authorize(cx: &Cx, params: &Params, mut jar: Jar) -> Outcome {
    let result = passed(cx, params, &mut jar).await;
    let reply = result.unwrap_or_else(|failure| respond::failed(cx, failure));
    Outcome { reply, cookies: jar.into_changes() }
}

/// Answers a request whose parameters could not even be read.
pub(crate) fn unreadable(cx: &Cx, error: OAuthError) -> Outcome {
    Outcome { reply: respond::failed(cx, Failure::Page(error)), cookies: Vec::new() }
}

async fn passed(cx: &Cx, params: &Params, jar: &mut Jar) -> Result<Reply, Failure> {
    // A parameter of the device endpoint alone; here it is nobody's, and ignored.
    let params = &params.without(&["device_verifier"]);
    let client = match params.get("client_id") {
        Some(id) if !id.chars().any(char::is_control) => client::find(cx, id).await,
        _ => Ok(None),
    };
    let client = client.map_err(|error| Failure::Page(error.into()))?;
    let rules = Rules::of(&cx.config);
    let authorized = Draft::new(params, client, rules).seal()?;
    let result = match (params.get("login_verifier"), params.get("consent_verifier")) {
        (None, None) => leg::start::run(cx, jar, &authorized).await,
        (Some(verifier), None) => leg::login::run(cx, jar, &authorized, verifier).await,
        (_, Some(verifier)) => leg::consent::run(cx, jar, &authorized, verifier).await,
    };
    result.map_err(|refusal| Failure::Redirect(Box::new(authorized.redirect().clone()), refusal))
}
