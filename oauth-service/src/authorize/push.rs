//! Pushed authorization requests (RFC 9126): a client leaves its request here and sends the browser with a reference to it.

use std::sync::Arc;

use super::{
    draft::{Draft, Rules},
    failure::Failure,
    source,
};
use crate::{
    app::Cx,
    challenge::kept,
    model::{challenge::KeptRequest, client::Client},
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// A kept request and how many seconds it may be begun.
#[derive(Debug)]
pub(crate) struct Pushed {
    pub(crate) request_uri: String,
    pub(crate) expires_in: i64,
}

/// Keeps the request of a client that has authenticated. It passes the whole matrix now, and again when the browser comes.
pub(crate) async fn push(cx: &Cx, client: &Arc<Client>, sent: &Params) -> Result<Pushed, OAuthError> {
    let mut source = source::of_push(cx, sent, client).await?;
    let (query, came) = (source.params.query(), source.came);
    Draft::of(&mut source, Some(Arc::clone(client)), Rules::of(&cx.config)).seal().map_err(told)?;
    let lifetime = cx.config.ttl.pushed_authorization_request;
    let until = cx.now + lifetime.chrono();
    let kept = KeptRequest { client: client.id.clone(), query, came, until };
    let request_uri = kept::push(cx, &kept).await?;
    tracing::info!(client_id = %client.id, "authorization request pushed");
    Ok(Pushed { request_uri, expires_in: lifetime.seconds() })
}

/// Nobody is redirected here: the client itself asks.
fn told(failure: Failure) -> OAuthError {
    match failure {
        Failure::Page(error) => error,
        Failure::Redirect(_, refusal) => refusal.cause.unwrap_or_else(|| OAuthCode::ServerError.into()),
    }
}
