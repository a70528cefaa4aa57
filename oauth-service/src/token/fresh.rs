//! Claims of an opaque access token as they are now, for introspection: the hooks that would be asked at a refresh are asked
//! (contract 5.8), once for all that ask within a short time.

use std::sync::Arc;

use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use shared_types::secret::Digest;

use super::hook::{Asking, as_of_now};
use crate::{
    app::Cx,
    model::token::{AccessToken, Session},
    protocol::error::{OAuthCode, OAuthError},
};

/// Tokens whose claims are held at once.
const CAPACITY: usize = 4096;

/// What the hooks say of a token.
#[derive(Debug, Clone)]
pub(crate) enum Now {
    /// Its claims.
    Claims(Arc<Map<String, Value>>),
    /// No token would be issued to its subject any more.
    Refused,
}

/// Answers of the last moments. A token's have the number of the moment beside its digest, so that none outlives it.
#[derive(Debug)]
pub(crate) struct Fresh(Cache<(Digest, i64), Now>);

impl Default for Fresh {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

/// The claims of an opaque access token; those it was issued with where no hook is to be asked or nobody logged in for it.
pub(crate) async fn claims(cx: &Cx, token: &AccessToken, session: &Session) -> Result<Now, OAuthError> {
    let (config, rules) = (&cx.config.oauth2, cx.config.introspection);
    let hooked = config.refresh_token_hook.is_some() || config.token_hook.is_some();
    if !hooked || !rules.fresh || session.login.is_none() {
        return Ok(Now::Claims(Arc::new(session.access_token.clone())));
    }
    let period = i64::try_from(rules.max_age.as_millis()).unwrap_or(i64::MAX);
    if period == 0 {
        return ask(cx, token, session).await;
    }
    let key = (token.digest, cx.now.timestamp_millis().div_euclid(period));
    cx.tokens.fresh.0.get_or_insert_async(&key, ask(cx, token, session)).await
}

async fn ask(cx: &Cx, token: &AccessToken, session: &Session) -> Result<Now, OAuthError> {
    let asking = Asking { grant_type: "refresh_token", requested: &[], granted: &token.granted };
    match as_of_now(cx, asking, session.clone()).await {
        Ok(session) => Ok(Now::Claims(Arc::new(session.access_token))),
        Err(error) if error.code == OAuthCode::AccessDenied => Ok(Now::Refused),
        Err(error) => Err(OAuthError::new(OAuthCode::TemporarilyUnavailable)
            .because("The identity provider could not be asked for the claims of the token.")
            .caused_by(error)),
    }
}
