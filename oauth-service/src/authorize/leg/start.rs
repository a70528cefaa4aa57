//! A request starts: is there a login to rely on, and where does the browser go? It always goes to the login page, which is told
//! when it need not ask (contract 3.2, 3.3).

use super::hint;
use crate::{
    app::Cx,
    authorize::{draft::Authorized, failure::Refusal, respond::Reply},
    challenge::{self, jar::Jar},
    model::login_session::LoginSession,
    protocol::error::{OAuthCode, OAuthError},
    store::login_sessions,
};

/// Sends the browser to the login page.
pub(in crate::authorize) async fn run(cx: &Cx, jar: &mut Jar, authorized: &Authorized) -> Result<Reply, Refusal> {
    let hinted = hint::subject_of(cx, authorized).await?;
    let session = usable(cx, jar, authorized, hinted.as_deref()).await?;
    // OpenID Connect Core 3.1.2.6: without a login, prompt=none is answered with login_required, never with a page.
    if authorized.prompt().none && session.is_none() {
        return Err(OAuthCode::LoginRequired.into());
    }
    let url = challenge::login::ask(cx, jar, authorized.origin(), session.as_ref()).await?;
    Ok(Reply::Page(url))
}

/// The browser's remembered login, if this request may rely on it.
async fn usable(
    cx: &Cx,
    jar: &Jar,
    authorized: &Authorized,
    hinted: Option<&str>,
) -> Result<Option<LoginSession>, OAuthError> {
    if authorized.prompt().wants_fresh_login() {
        return Ok(None);
    }
    let Some(id) = jar.session(cx) else { return Ok(None) };
    let found = cx.db.read(move |conn| login_sessions::get(conn, id)).await?;
    let Some(session) = found.filter(|session| session.is_usable(cx.now)) else { return Ok(None) };
    // RFC 9470 4: a login of another class than wanted gives way to a fresh one. Where nobody may be asked, what is voluntary stays so.
    let acr = authorized.acr();
    if acr.refuses(&session.acr) || (acr.outgrows(&session.acr) && !authorized.prompt().none) {
        return Ok(None);
    }
    if !hint::is_wanted(cx, authorized, &session.subject).await? {
        return Ok(None);
    }
    if authorized.max_age().is_some_and(|age| age.is_exceeded(session.authenticated_at, cx.now)) {
        return Ok(None);
    }
    match hinted {
        Some(hinted) if !hint::names(cx, authorized, hinted, &session.subject).await? => Ok(None),
        _ => Ok(Some(session)),
    }
}
