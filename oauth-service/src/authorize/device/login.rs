//! The login leg of a device's request. It is the authorization endpoint's without what only clients that send a browser can ask for.

use super::Asked;
use crate::{
    app::Cx,
    authorize::{Reply, failure::Refusal, leg},
    challenge::{
        self, Origin,
        consent::LoggedIn,
        jar::{Jar, Leg},
    },
    model::{
        challenge::{Answer, LoginAnswer, LoginVerifier},
        login_session::LoginSession,
    },
    protocol::error::OAuthError,
    store::{consents, login_sessions},
};

/// Sends the browser to the login page.
pub(super) async fn ask(cx: &Cx, jar: &mut Jar, asked: &Asked) -> Result<Reply, Refusal> {
    let known = remembered(cx, jar).await?;
    let origin = Origin { client: &asked.client, params: &asked.told(), request_uri: None };
    let url = challenge::login::ask(cx, jar, origin, known.as_ref()).await?;
    Ok(Reply::Page(url))
}

async fn remembered(cx: &Cx, jar: &Jar) -> Result<Option<LoginSession>, OAuthError> {
    let Some(id) = jar.session(cx) else { return Ok(None) };
    let found = cx.db.read(move |conn| login_sessions::get(conn, id)).await?;
    Ok(found.filter(|session| session.is_usable(cx.now)))
}

/// Takes the login page's answer and sends the browser to the consent page.
pub(super) async fn answered(cx: &Cx, jar: &mut Jar, asked: &Asked, text: &str) -> Result<Reply, Refusal> {
    let LoginVerifier { flow, skip, answer, .. } = challenge::login::verifier(cx, text, &asked.params).await?;
    jar.check_csrf(cx, Leg::Login, &asked.client.id, &flow.csrf)?;
    let answer = match answer {
        Answer::Accepted(answer) => answer,
        Answer::Rejected(rejection) => {
            asked.deny(cx).await?;
            return Err(rejection.into());
        }
    };
    let login = leg::login::Login { flow, skip, answer };
    if !login.keep(cx, jar, &asked.client).await? {
        return ask(cx, jar, asked).await;
    }
    let skip = consented(cx, asked, &login.answer.login.subject).await?;
    let leg::login::Login { flow, answer: LoginAnswer { login, how, .. }, .. } = login;
    let logged_in = LoggedIn { flow, login, how, skip };
    let params = asked.params.without(&challenge::fingerprint::VERIFIERS);
    let origin = Origin { client: &asked.client, params: &params, request_uri: None };
    Ok(Reply::Page(challenge::consent::ask(cx, jar, origin, logged_in).await?))
}

/// Whether an earlier consent is remembered and covers the request. A public client is anybody: its devices are always asked about.
async fn consented(cx: &Cx, asked: &Asked, subject: &str) -> Result<bool, OAuthError> {
    if asked.client.is_public() {
        return Ok(false);
    }
    let (client, subject, now) = (asked.client.id.clone(), subject.to_owned(), cx.now);
    let granted = cx.db.read(move |conn| consents::remembered_scope(conn, &client, &subject, now)).await?;
    Ok(granted
        .is_some_and(|granted| cx.config.strategies.scope.first_refused(&granted, &asked.request.scope).is_none()))
}
