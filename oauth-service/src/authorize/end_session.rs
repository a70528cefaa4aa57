//! The logout endpoint (contract 6.4; OpenID Connect RP-Initiated Logout 1.0): a client or the person asks, the logout page confirms, the
//! login session ends. Tokens and remembered consents stay.
//!
//! Whatever is wrong is told to the person on the error page, never to a client: nothing is proven about who sent the browser.

use serde_json::{Map, Value};
use shared_types::{
    db,
    id::{ClientId, LoginSessionId},
};
use std::sync::Arc;
use url::Url;

use super::{
    notify::{self, Ended},
    respond::{self, Frames, Outcome, Reply},
};
use crate::{
    app::Cx,
    challenge::{self, jar::Jar, url as urls},
    client,
    model::{challenge::Logout, client::Client, login_session::LoginSession},
    peer,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::{login_sessions, session_clients},
    token,
};

/// How far the clock of the replica that signed a hint may be ahead of this one's, in seconds.
const LEEWAY: i64 = 60;

/// The parameters this endpoint reads; none may come twice.
const READ: [&str; 5] = ["client_id", "id_token_hint", "logout_verifier", "post_logout_redirect_uri", "state"];

/// Answers one request to the logout endpoint.
pub(crate) async fn end_session(cx: &Cx, params: &Params, mut jar: Jar) -> Outcome {
    let result = match params.get("logout_verifier") {
        _ if READ.iter().any(|name| params.repeats(name)) => Err(invalid("A parameter is given more than once.")),
        Some(verifier) => finish(cx, &mut jar, verifier).await,
        None => start(cx, &jar, params).await,
    };
    let reply = result.unwrap_or_else(|error| respond::refused(cx, &error));
    Outcome { reply, cookies: jar.into_changes() }
}

fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest).because(why)
}

async fn start(cx: &Cx, jar: &Jar, params: &Params) -> Result<Reply, OAuthError> {
    match params.get("id_token_hint") {
        Some(hint) => by_client(cx, params, hint).await,
        None if params.get("post_logout_redirect_uri").is_some() => Err(invalid(
            "The parameter 'post_logout_redirect_uri' needs an 'id_token_hint' that says which client sends it.",
        )),
        // A state without an address to bring it back to means nothing.
        None => by_person(cx, jar, params).await,
    }
}

/// The person came without a client.
async fn by_person(cx: &Cx, jar: &Jar, params: &Params) -> Result<Reply, OAuthError> {
    let after = cx.config.urls.post_logout_redirect.clone();
    match session_of(cx, jar).await? {
        None => Ok(Reply::Page(after)),
        Some(session) => ask(cx, params, Asking { session, client: None, after: after.into() }).await,
    }
}

/// A client sent the person.
async fn by_client(cx: &Cx, params: &Params, hint: &str) -> Result<Reply, OAuthError> {
    let claims = token::id_token::read_hint(cx, hint).await?;
    let iat = claims.get("iat").and_then(Value::as_i64).ok_or_else(|| invalid("The id_token_hint has no 'iat'."))?;
    if iat > cx.now.timestamp() + LEEWAY {
        return Err(invalid("The id_token_hint comes from the future."));
    }
    if claims.get("sub").and_then(Value::as_str).is_none() {
        return Err(invalid("The id_token_hint has no 'sub'."));
    }
    let sid = claims.get("sid").and_then(Value::as_str).and_then(|sid| LoginSessionId::parse(sid).ok());
    let sid = sid.ok_or_else(|| invalid("The id_token_hint has no 'sid' of this server."))?;
    let client = audience(cx, &claims)
        .await?
        .ok_or_else(|| invalid("The id_token_hint was made for no client of this server."))?;
    // RP-Initiated Logout 2: "the OP MUST verify that the Client Identifier matches".
    if params.get("client_id").is_some_and(|named| named != client.id.as_str()) {
        return Err(invalid("The id_token_hint was made for another client than the client_id names."));
    }
    let after = after(cx, params, &client)?;
    let session = cx.db.read(move |conn| login_sessions::get(conn, sid)).await?;
    match session.filter(|session| session.is_usable(cx.now)) {
        // Nothing is left to log out of, so nobody need be asked.
        None => Ok(Reply::Away(after)),
        Some(session) => ask(cx, params, Asking { session, client: Some(client), after }).await,
    }
}

/// The first known client the token was made for.
async fn audience(cx: &Cx, claims: &Map<String, Value>) -> Result<Option<Arc<Client>>, OAuthError> {
    let ids: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for id in ids {
        if let Some(client) = client::find(cx, id).await? {
            return Ok(Some(client));
        }
    }
    Ok(None)
}

/// Where the browser goes in the end: an address the client has registered, byte for byte, or this server's own.
fn after(cx: &Cx, params: &Params, client: &Client) -> Result<String, OAuthError> {
    let Some(wanted) = params.get("post_logout_redirect_uri") else {
        return Ok(cx.config.urls.post_logout_redirect.clone().into());
    };
    if !client.post_logout_redirect_uris.iter().any(|known| known == wanted) {
        return Err(invalid("The post_logout_redirect_uri is not one of those the client has registered."));
    }
    let url = crate::protocol::redirect_uri::fit(wanted).ok_or_else(|| {
        invalid("The post_logout_redirect_uri must be an absolute URI without fragment, credentials or blanks.")
    })?;
    Ok(match params.get("state") {
        Some(state) => urls::with_params(&url, &[("state", state)]).into(),
        None => wanted.to_owned(),
    })
}

/// What the logout page is to be asked.
struct Asking {
    session: LoginSession,
    client: Option<Arc<Client>>,
    after: String,
}

async fn ask(cx: &Cx, params: &Params, asking: Asking) -> Result<Reply, OAuthError> {
    let logout = Logout {
        subject: asking.session.subject,
        session: asking.session.id,
        client: asking.client.map(|client| client.id.clone()),
        request_url: request_url(cx, params).into(),
        after: asking.after,
        requested_at: cx.now,
    };
    challenge::logout::ask(cx, &logout).await.map(Reply::Page)
}

/// The logout request as a URL of this server. The hint is left out: it is large, and no page needs it.
fn request_url(cx: &Cx, params: &Params) -> Url {
    urls::with_query(&cx.config.urls.public, urls::END_SESSION, &params.without(&["id_token_hint"]))
}

/// The login session this browser names, if it still counts.
async fn session_of(cx: &Cx, jar: &Jar) -> Result<Option<LoginSession>, OAuthError> {
    let Some(id) = jar.session(cx) else { return Ok(None) };
    let found = cx.db.read(move |conn| login_sessions::get(conn, id)).await?;
    Ok(found.filter(|session| session.is_usable(cx.now)))
}

/// The browser comes back from the logout page.
async fn finish(cx: &Cx, jar: &mut Jar, text: &str) -> Result<Reply, OAuthError> {
    let denied = || {
        OAuthError::new(OAuthCode::AccessDenied)
            .because("The logout verifier is not one of this server, or its time has run out.")
    };
    let logout = challenge::logout::verifier(cx, text).await?.ok_or_else(denied)?;
    let mine = jar.session(cx) == Some(logout.session);
    // Without a client there is no hint either: only the browser itself says whose logout it is.
    let mut frames = Vec::new();
    if logout.client.is_some() || mine {
        if let Some(ended) = end(cx, logout.session).await? {
            let client_id = logout.client.as_ref().map(ClientId::as_str);
            tracing::info!(subject = %ended.session.subject, sid = %ended.session.id, client_id, "logged out");
            frames = told(cx, &ended).await;
        }
        if mine {
            jar.remove_session(cx);
        }
    }
    Ok(if frames.is_empty() {
        Reply::Away(logout.after)
    } else {
        Reply::Frames(Frames { frames, after: logout.after })
    })
}

/// Ends a session without its browser (contract 3.11). `false`: it had ended.
pub(crate) async fn headless(cx: &Cx, session: LoginSessionId) -> Result<bool, OAuthError> {
    let Some(ended) = end(cx, session).await? else { return Ok(false) };
    told(cx, &ended).await;
    Ok(true)
}

/// Tells the clients, and the identity provider; returns what the browser is to open in frames.
async fn told(cx: &Cx, ended: &Ended) -> Vec<Url> {
    if let Some(id) = &ended.session.identity_provider_session_id {
        peer::identity::end_session(cx, id);
    }
    notify::clients(cx, ended).await
}

/// Removes a session. `None`: somebody was faster, and nothing else is to be done.
async fn end(cx: &Cx, session: LoginSessionId) -> Result<Option<Ended>, db::Error> {
    let write = move |conn: &mut db::AnyConn| -> Result<Option<Ended>, db::Error> {
        let (found, clients) = (login_sessions::get(conn, session)?, session_clients::of_session(conn, session)?);
        let ended = login_sessions::delete(conn, session)?;
        Ok(found.filter(|_| ended).map(|session| Ended { session, clients }))
    };
    cx.db.write(write).await
}
