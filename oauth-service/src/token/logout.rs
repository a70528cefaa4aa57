//! Logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4; contract 6.5).

use chrono::Duration;
use serde_json::json;
use shared_types::id::{LoginSessionId, TokenId};

use super::id_token;
use crate::{app::Cx, key::KeySet, model::client::Client, protocol::error::OAuthError};

/// 2.4 recommends two minutes at most.
const LIFETIME: Duration = Duration::minutes(2);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Signs a logout token for a client, by the algorithm of its ID tokens. `subject` is the person as this client sees him.
pub(crate) async fn sign(
    cx: &Cx,
    client: &Client,
    subject: &str,
    session: LoginSessionId,
) -> Result<String, OAuthError> {
    let signer = cx.keys.signer(cx, KeySet::IdToken, id_token::alg(cx, client)).await?;
    // A nonce is prohibited, so that it never passes for an ID token; its typ says so too.
    let claims = json!({
        "iss": cx.config.urls.issuer,
        "sub": subject,
        "aud": [client.id],
        "iat": cx.now.timestamp(),
        "exp": (cx.now + LIFETIME).timestamp(),
        "jti": TokenId::random(&*cx.entropy).text(),
        "sid": session,
        "events": {EVENT: {}},
    });
    signer.sign(&claims, "logout+jwt")
}
