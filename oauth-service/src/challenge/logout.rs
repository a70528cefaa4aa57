//! The logout leg's hand-over (contract 6.4): the logout page is asked whether the person means it, and answers.

use shared_types::{
    contract::{LogoutRequest, RedirectTo},
    time::Time,
};
use url::Url;

use super::{
    ChallengeError, request,
    seal::{self, Envelope, Purpose},
    url as urls,
};
use crate::{app::Cx, client, model::challenge::Logout, protocol::error::OAuthError, store::login_sessions};

/// Sends the browser to the logout page with a challenge.
pub(crate) async fn ask(cx: &Cx, logout: &Logout) -> Result<Url, OAuthError> {
    let page = &cx.config.urls.logout;
    let envelope = Envelope {
        purpose: Purpose::LogoutChallenge,
        carrier: page,
        expires_at: expires_at(cx, logout),
        stranger: None,
    };
    let sealed = seal::seal(cx, &envelope, logout).await?;
    Ok(urls::with_params(page, &[("logout_challenge", &sealed)]))
}

/// The logout request behind a challenge, for the logout page.
pub(crate) async fn read(cx: &Cx, text: &str) -> Result<LogoutRequest, ChallengeError> {
    let logout = open(cx, text).await?;
    let session = logout.session;
    if cx.db.read(move |conn| login_sessions::get(conn, session)).await?.is_none() {
        return Err(ChallengeError::Used { redirect_to: logout.request_url });
    }
    let client = match &logout.client {
        Some(id) => client::find(cx, id.as_str()).await?.map(|client| client.to_json()),
        None => None,
    };
    Ok(LogoutRequest {
        challenge: text.to_owned(),
        sid: logout.session.text(),
        rp_initiated: logout.client.is_some(),
        expires_at: Some(expires_at(cx, &logout)),
        requested_at: Some(logout.requested_at),
        request_url: logout.request_url,
        subject: logout.subject,
        client,
    })
}

/// Takes the logout page's yes.
pub(crate) async fn accept(cx: &Cx, text: &str) -> Result<RedirectTo, ChallengeError> {
    let logout = open(cx, text).await?;
    let endpoint = urls::under(&cx.config.urls.public, urls::END_SESSION);
    let envelope = Envelope {
        purpose: Purpose::LogoutVerifier,
        carrier: &endpoint,
        expires_at: expires_at(cx, &logout),
        stranger: None,
    };
    let sealed = seal::seal(cx, &envelope, &logout).await?;
    Ok(RedirectTo { redirect_to: urls::with_params(&endpoint, &[("logout_verifier", &sealed)]).into() })
}

/// Takes the logout page's no. Nothing is kept, so there is nothing to undo; only a challenge of this server can be refused.
pub(crate) async fn reject(cx: &Cx, text: &str) -> Result<(), ChallengeError> {
    open(cx, text).await.map(|_| ())
}

async fn open(cx: &Cx, text: &str) -> Result<Logout, ChallengeError> {
    let opened: Option<Logout> = seal::open(cx, Purpose::LogoutChallenge, text).await?;
    let logout = opened.ok_or_else(ChallengeError::unknown)?;
    if cx.now < expires_at(cx, &logout) { Ok(logout) } else { Err(ChallengeError::expired()) }
}

/// The logout page's yes, brought back by a browser; `None` when it is not one or comes too late.
pub(crate) async fn verifier(cx: &Cx, text: &str) -> Result<Option<Logout>, OAuthError> {
    let opened: Option<Logout> = seal::open(cx, Purpose::LogoutVerifier, text).await?;
    Ok(opened.filter(|logout| cx.now < expires_at(cx, logout)))
}

fn expires_at(cx: &Cx, logout: &Logout) -> Time {
    request::expires_at(cx, logout.requested_at)
}
