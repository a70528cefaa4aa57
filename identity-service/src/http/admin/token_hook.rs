//! `POST /admin/oauth2/token-hook`: oauth-service asks for claims as they are now, at every issue and refresh of tokens
//! (contract oauth §5.8). Roles stay true because of it: a changed trait reaches the next token, and an identity that was
//! disabled or removed gets none.

use actix_web::HttpResponse;
use serde_json::Value;
use shared_types::{
    contract::{HookReply, RefreshHookRequest, TokenHookRequest},
    id::IdentityId,
};

use crate::{
    http::{
        error::ApiError,
        extract::{Ctx, body::JsonBody},
        reply,
    },
    identity::claims,
    model::identity::Identity,
    store,
};

/// The grant a hook is called for.
struct Asked {
    /// Whom the tokens are for; `None` where a client gets them for itself.
    subject: Option<String>,
    scopes: Vec<String>,
}

/// Both hooks: the refresh hook names the subject beside the session, the token hook within it.
fn read(body: Value) -> Result<Asked, ApiError> {
    let malformed = |error: serde_json::Error| ApiError::bad_request(format!("The body is no token hook: {error}."));
    let asked = if body.get("request").is_some() {
        let hook: TokenHookRequest = serde_json::from_value(body).map_err(malformed)?;
        // A client that acts for itself is its own subject (RFC 6749 §4.4).
        let own = hook.request.grant_types.iter().any(|grant| grant == "client_credentials");
        let subject = hook.session.pointer("/id_token/subject").or_else(|| hook.session.pointer("/subject"));
        let subject = subject.and_then(Value::as_str).filter(|_| !own).map(str::to_owned);
        Asked { subject, scopes: hook.request.granted_scopes }
    } else {
        let hook: RefreshHookRequest = serde_json::from_value(body).map_err(malformed)?;
        let scopes = if hook.granted_scopes.is_empty() { hook.requester.granted_scopes } else { hook.granted_scopes };
        Asked { subject: Some(hook.subject), scopes }
    };
    Ok(Asked { subject: asked.subject.filter(|subject| !subject.is_empty()), ..asked })
}

/// 200 with fresh claims; 403 refuses the tokens; 204 leaves them as they are.
pub(crate) async fn post(cx: Ctx, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let asked = read(body.0)?;
    let Some(subject) = asked.subject else { return Ok(reply::nothing()) };
    let found = match IdentityId::parse(&subject) {
        Ok(id) => cx.db.read(move |conn| store::identities::get(conn, id)).await?,
        Err(_) => None,
    };
    let Some(identity) = found.filter(Identity::is_active) else {
        tracing::info!(
            target: "audit", event = "TokenRefused", identity = subject, request = %cx.request_id,
            "tokens refused to an identity that is disabled or gone"
        );
        return Ok(HttpResponse::Forbidden().finish());
    };
    let claims = claims::for_scopes(&identity, &cx.config.oauth2.claims, &asked.scopes);
    let mut answer = HookReply::default();
    answer.session.id_token = claims.id_token;
    answer.session.access_token = claims.access_token;
    reply::json(&answer)
}
