//! Logout tokens on their way to clients (OpenID Connect Back-Channel Logout 1.0, 2.5; contract 6.5), in the background: the person is
//! logged out here whether a client can be reached or not.

use std::time::Duration;

use shared_types::{
    http::client::{HttpError, HttpReply, HttpRequest},
    id::ClientId,
};
use url::{Url, form_urlencoded};

use crate::app::Cx;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

/// Posts a logout token, twice more where it failed in a way that may pass.
pub(crate) fn tell(cx: &Cx, client: ClientId, url: Url, token: &str) {
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
    let mut request = HttpRequest::new("POST", url).header("content-type", "application/x-www-form-urlencoded");
    request.body = body.into_bytes();
    request.timeout = Some(TIMEOUT);
    let http = cx.http.clone();
    tokio::spawn(async move {
        let mut pauses = PAUSES.into_iter();
        loop {
            let result = http.send(request.clone()).await;
            match pauses.next() {
                Some(pause) if may_pass(&result) => tokio::time::sleep(pause).await,
                _ => return log(&client, &result),
            }
        }
    });
}

/// Whether the same request may fare better later.
fn may_pass(result: &Result<HttpReply, HttpError>) -> bool {
    match result {
        Ok(reply) => reply.status == 429 || reply.status >= 500,
        Err(HttpError::Timeout(_) | HttpError::Unreachable(..)) => true,
        Err(_) => false,
    }
}

fn log(client: &ClientId, result: &Result<HttpReply, HttpError>) {
    match result {
        // 2.8: 200; some frameworks answer 204.
        Ok(reply) if (200..300).contains(&reply.status) => {
            tracing::info!(event = "logout.told", client_id = %client, "a client was told of a logout");
        }
        Ok(reply) => tracing::warn!(client_id = %client, status = reply.status, "a client did not take a logout token"),
        Err(error) => tracing::warn!(client_id = %client, %error, "a client could not be told of a logout"),
    }
}
