//! Telling the clients of a login session that it has ended (contract 6.4, 6.5): by this server to theirs (OpenID Connect Back-Channel
//! Logout 1.0), and by frames in the person's browser (OpenID Connect Front-Channel Logout 1.0).

use shared_types::id::ClientId;
use std::sync::Arc;
use url::Url;

use crate::{
    app::Cx,
    challenge::url as urls,
    client,
    model::{client::Client, login_session::LoginSession},
    peer,
    protocol::error::OAuthError,
    subject, token,
};

/// A session that has ended, and the clients it was used at.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) session: LoginSession,
    pub(super) clients: Vec<ClientId>,
}

/// Tells every client of the session that wants to know; returns the addresses the browser is to open in frames. A client that cannot
/// be told keeps nobody else from being told.
pub(super) async fn clients(cx: &Cx, ended: &Ended) -> Vec<Url> {
    let mut frames = Vec::new();
    for id in &ended.clients {
        let client = match client::find(cx, id.as_str()).await {
            Ok(Some(client)) => client,
            Ok(None) => continue,
            Err(error) => {
                tracing::error!(%error, client_id = %id, "a client could not be told of a logout");
                continue;
            }
        };
        if let Err(error) = by_server(cx, &client, &ended.session).await {
            tracing::error!(%error, client_id = %id, "a client could not be told of a logout");
        }
        frames.extend(frame(cx, &client, &ended.session));
    }
    frames
}

/// Sends the logout token, in the background.
async fn by_server(cx: &Cx, client: &Arc<Client>, session: &LoginSession) -> Result<(), OAuthError> {
    let Ok(url) = Url::parse(&client.backchannel_logout_uri) else { return Ok(()) };
    let shown = subject::seen(cx, client, &session.subject).await?;
    let token = token::logout::sign(cx, client, &shown, session.id).await?;
    peer::logout::tell(cx, client.id.clone(), url, &token);
    Ok(())
}

/// Front-Channel Logout 2: `iss` and `sid` go with the address.
fn frame(cx: &Cx, client: &Client, session: &LoginSession) -> Option<Url> {
    let url = Url::parse(&client.frontchannel_logout_uri).ok()?;
    Some(urls::with_params(&url, &[("iss", &cx.config.urls.issuer), ("sid", &session.id.text())]))
}
