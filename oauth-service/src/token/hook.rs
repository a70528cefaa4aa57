//! Asking the token hooks for claims as they are now (contract 5.8), before tokens are made.

use serde_json::{Map, Value, json};
use shared_types::contract::{ConsentSession, HookRequester, HookTokenRequest, RefreshHookRequest, TokenHookRequest};

use crate::{
    app::Cx,
    model::token::{Granted, Session},
    peer::identity::{Patience, call},
    protocol::error::OAuthError,
};

/// One token request, as hooks are told of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// The grant type.
    pub(crate) grant_type: &'static str,
    /// Scopes the token request named.
    pub(crate) requested: &'a [String],
    /// What would be granted.
    pub(crate) granted: &'a Granted,
}

/// How hooks are asked.
struct How {
    /// The refresh hook first.
    refresh: bool,
    patience: Patience,
    /// Further parameters of the token request, for the token hook.
    payload: Map<String, Value>,
}

/// The session with the claims the refresh hook, then the token hook, want it to have.
pub(crate) async fn refreshed(cx: &Cx, asking: Asking<'_>, session: Session) -> Result<Session, OAuthError> {
    let how = How { refresh: true, patience: Patience::ISSUING, payload: Map::new() };
    Ok(ask(cx, asking, session, how).await?.0)
}

/// The session as a refresh would make it now, for somebody who waits for no token: the hooks are asked once and for a short time.
pub(crate) async fn as_of_now(cx: &Cx, asking: Asking<'_>, session: Session) -> Result<Session, OAuthError> {
    let how = How { refresh: true, patience: Patience::LOOKING, payload: Map::new() };
    Ok(ask(cx, asking, session, how).await?.0)
}

/// The session as the grant would make it now, for somebody who waits for no token, and the hook that gave its claims.
pub(crate) async fn foreseen(
    cx: &Cx,
    asking: Asking<'_>,
    session: Session,
) -> Result<(Session, Option<&'static str>), OAuthError> {
    let how = How { refresh: asking.grant_type == "refresh_token", patience: Patience::LOOKING, payload: Map::new() };
    ask(cx, asking, session, how).await
}

/// The session with the claims the token hook wants it to have.
pub(crate) async fn issued(cx: &Cx, asking: Asking<'_>, session: Session) -> Result<Session, OAuthError> {
    issued_with(cx, asking, session, Map::new()).await
}

/// As [`issued`]; the hook is told of these parameters of the token request too.
pub(crate) async fn issued_with(
    cx: &Cx,
    asking: Asking<'_>,
    session: Session,
    payload: Map<String, Value>,
) -> Result<Session, OAuthError> {
    Ok(ask(cx, asking, session, How { refresh: false, patience: Patience::ISSUING, payload }).await?.0)
}

/// The session, and the hook that gave its claims last.
async fn ask(
    cx: &Cx,
    asking: Asking<'_>,
    mut session: Session,
    how: How,
) -> Result<(Session, Option<&'static str>), OAuthError> {
    let hooks = &cx.config.oauth2;
    let mut by = None;
    if let Some(hook) = hooks.refresh_token_hook.as_ref().filter(|_| how.refresh)
        && let Some(claims) = call(cx, hook, &refresh_body(asking, &session), how.patience).await?
    {
        session = replaced(claims, session);
        by = Some("oauth2.refresh_token_hook");
    }
    if let Some(hook) = &hooks.token_hook {
        let mut body = token_body(asking, &session);
        body.request.payload = how.payload;
        if let Some(claims) = call(cx, hook, &body, how.patience).await? {
            session = replaced(claims, session);
            by = Some("oauth2.token_hook");
        }
    }
    Ok((session, by))
}

fn replaced(claims: ConsentSession, session: Session) -> Session {
    Session { access_token: claims.access_token, id_token: claims.id_token, ..session }
}

fn refresh_body(asking: Asking<'_>, session: &Session) -> RefreshHookRequest {
    let granted = asking.granted;
    RefreshHookRequest {
        subject: granted.subject.clone(),
        session: session_body(granted, session),
        requester: HookRequester {
            client_id: granted.client_id.text(),
            granted_scopes: granted.scope.clone(),
            granted_audience: granted.audience.clone(),
            grant_types: vec![asking.grant_type.to_owned()],
        },
        client_id: granted.client_id.text(),
        granted_scopes: granted.scope.clone(),
        granted_audience: granted.audience.clone(),
    }
}

fn token_body(asking: Asking<'_>, session: &Session) -> TokenHookRequest {
    let granted = asking.granted;
    TokenHookRequest {
        session: session_body(granted, session),
        request: HookTokenRequest {
            client_id: granted.client_id.text(),
            requested_scopes: asking.requested.to_vec(),
            granted_scopes: granted.scope.clone(),
            granted_audience: granted.audience.clone(),
            grant_types: vec![asking.grant_type.to_owned()],
            payload: Map::new(),
        },
    }
}

/// The session as Hydra's hooks see it; claims of the login where there was one.
fn session_body(granted: &Granted, session: &Session) -> Value {
    let login = session.login.as_ref();
    json!({
        "id_token": {
            "id_token_claims": {
                "sub": login.map_or("", |login| login.shown_subject.as_str()),
                "aud": [granted.client_id],
                "nonce": login.and_then(|login| login.nonce.clone()).unwrap_or_default(),
                "acr": login.and_then(|login| login.acr.clone()).unwrap_or_default(),
                "amr": login.map(|login| login.amr.clone()).unwrap_or_default(),
                "auth_time": login.map(|login| login.auth_time),
                "rat": login.map(|login| login.requested_at),
                "ext": session.id_token,
            },
            "headers": {"extra": {}},
            "username": "",
            "subject": granted.subject,
        },
        "extra": session.access_token,
        "client_id": granted.client_id,
        "consent_challenge": granted.grant_id.map(|id| id.hex()).unwrap_or_default(),
    })
}
