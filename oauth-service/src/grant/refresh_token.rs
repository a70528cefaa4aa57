//! `refresh_token` (RFC 6749 6, RFC 9700 4.14; contract 4.6): rotation, detection of reuse, and an optional grace period.

use std::sync::Arc;

use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error},
    time::Time,
};

use super::{
    Grant, Verdict, allowed_audience, allowed_resources, allowed_scopes, details_of, invalid_grant, keep,
    narrowed_details, required, resources_of, scopes_of,
};
use crate::{
    app::Cx,
    config::OAuth2,
    model::{client::Client, token::RefreshToken},
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
    store::{access_tokens, refresh_tokens},
    token::{
        binding,
        hook::{Asking, refreshed},
        introspect::find_refresh,
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
        open_session, revoke,
    },
};

/// How often a write looks again when another request rotated the token meanwhile.
const LOOKS: usize = 64;

/// The grant.
pub(super) struct RefreshTokenGrant;

/// What the token request says.
pub(super) struct RefreshParams {
    refresh_token: String,
    /// Empty: all that was granted.
    scope: Vec<String>,
    /// Likewise.
    resources: Vec<String>,
    details: Option<Vec<Value>>,
}

impl TryFrom<&Params> for RefreshParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        Ok(Self {
            refresh_token: required(params, "refresh_token")?,
            scope: scopes_of(params),
            resources: resources_of(params),
            details: details_of(params)?,
        })
    }
}

impl Grant for RefreshTokenGrant {
    const TYPE: &'static str = "refresh_token";
    type Params = RefreshParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: RefreshParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        let unknown = || invalid_grant("The refresh token is not known.");
        let token = find_refresh(cx, &params.refresh_token).await?.ok_or_else(unknown)?;
        // RFC 6749 6: "the refresh token was issued to" the authenticated client.
        if token.granted.client_id != client.id {
            return Err(invalid_grant("The refresh token was issued to another client."));
        }
        let rules = Rules::of(&cx.config.oauth2, cx.now);
        if rules.standing(&token) == Standing::Reused {
            return reused(cx, token).await;
        }
        check(cx, client, &token, &params)?;
        allowed_resources(&token.granted.audience, &params.resources)?;
        let session = open_session(cx, &token.granted.session)?;
        if !binding::is_held(&session.terms.refresh_cnf, asker.proven) {
            return Err(invalid_grant("The refresh token is bound to a key the client did not prove to have."));
        }
        let asking = Asking { grant_type: Self::TYPE, requested: &params.scope, granted: &token.granted };
        let session = refreshed(cx, asking, session).await?;
        let details = narrowed_details(&session.terms.authorization_details, params.details)?;
        let narrowed = Narrowed {
            scope: (!params.scope.is_empty()).then_some(params.scope),
            resources: params.resources,
            details,
        };
        let recipe = Recipe { asker, granted: token.granted.clone(), narrowed, session, via: Via::Refresh };
        let tokens = mint(cx, recipe).await?;
        if cx.config.oauth2.profile.keeps_refresh_tokens() {
            return prolong(cx, token, tokens).await;
        }
        rotate(cx, rules, token, Arc::new(tokens)).await
    }
}

fn check(cx: &Cx, client: &Client, token: &RefreshToken, params: &RefreshParams) -> Result<(), OAuthError> {
    if token.expires_at.is_some_and(|end| end <= cx.now) {
        return Err(invalid_grant("The refresh token has expired."));
    }
    let granted = &token.granted;
    if !scope::is_offline(&granted.scope) {
        return Err(OAuthError::new(OAuthCode::ScopeNotGranted).because("The grant does not include offline_access."));
    }
    // What the client is no longer registered for must not live on in its old grants.
    allowed_scopes(cx, client, &granted.scope)?;
    allowed_audience(client, &granted.audience)?;
    // RFC 6749 6: the scope "MUST NOT include any scope not originally granted".
    match params.scope.iter().find(|wanted| !granted.scope.contains(wanted)) {
        Some(extra) => {
            let why = format!("The scope {extra} was not part of the original grant.");
            Err(OAuthError::new(OAuthCode::InvalidScope).because(why))
        }
        None => Ok(()),
    }
}

/// What may be done with a refresh token that has been rotated.
#[derive(Debug, Clone, Copy)]
struct Rules {
    grace: chrono::Duration,
    /// 0 is without limit inside the period.
    reuse_count: i64,
    now: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Fresh,
    InGrace,
    Reused,
}

impl Rules {
    fn of(config: &OAuth2, now: Time) -> Self {
        let grace = chrono::Duration::from_std(config.grace_period).unwrap_or(chrono::Duration::MAX);
        Self { grace, reuse_count: config.grace_reuse_count, now }
    }

    fn is_strict(self) -> bool {
        self.grace.is_zero()
    }

    fn standing(self, token: &RefreshToken) -> Standing {
        match token.used {
            None => Standing::Fresh,
            Some(used) => {
                let in_time = !self.is_strict() && self.now - used.first_at <= self.grace;
                let in_count = self.reuse_count == 0 || used.times <= self.reuse_count;
                if in_time && in_count { Standing::InGrace } else { Standing::Reused }
            }
        }
    }
}

/// Spends the token, ends what it replaces and keeps the new tokens, in one write.
async fn rotate(cx: &Cx, rules: Rules, token: RefreshToken, tokens: Arc<TokenSet>) -> Result<TokenSet, OAuthError> {
    let kept = Arc::clone(&tokens);
    let write = move |conn: &mut AnyConn| -> Result<Verdict, Error> {
        let mut current = token.clone();
        for _ in 0..LOOKS {
            if rules.standing(&current) == Standing::Reused {
                return replay(conn, &current);
            }
            if refresh_tokens::spend(conn, &current, rules.now)? {
                supersede(conn, rules, &current)?;
                keep(conn, &kept)?;
                return Ok(Verdict::Issue);
            }
            // Another request was faster: what it left decides.
            match refresh_tokens::get(conn, current.digest)? {
                Some(changed) => current = changed,
                None => return Ok(Verdict::Refuse(invalid_grant("The refresh token has been revoked."))),
            }
        }
        Err(Error::Busy)
    };
    match cx.db.write(write).await? {
        Verdict::Issue => Ok(Arc::unwrap_or_clone(tokens)),
        Verdict::Refuse(error) => Err(error),
    }
}

/// Keeps the refresh token for as long as a new one would have been good, and the new access token beside it, in one write.
async fn prolong(cx: &Cx, token: RefreshToken, tokens: TokenSet) -> Result<TokenSet, OAuthError> {
    let until = tokens.refresh.as_ref().map_or(token.expires_at, |refresh| refresh.expires_at);
    let tokens = Arc::new(tokens.without_refresh());
    let kept = Arc::clone(&tokens);
    let write = move |conn: &mut AnyConn| -> Result<Verdict, Error> {
        if !refresh_tokens::prolong(conn, token.digest, until)? {
            return Ok(Verdict::Refuse(invalid_grant("The refresh token has been revoked.")));
        }
        keep(conn, &kept)?;
        Ok(Verdict::Issue)
    };
    match cx.db.write(write).await? {
        Verdict::Issue => Ok(Arc::unwrap_or_clone(tokens)),
        Verdict::Refuse(error) => Err(error),
    }
}

/// Strictly, a rotation ends every access token of the grant; with a grace period only the one issued with this token,
/// because another device may be using a sister of it.
fn supersede(conn: &mut AnyConn, rules: Rules, token: &RefreshToken) -> Result<(), Error> {
    if rules.is_strict() {
        access_tokens::delete_grants(conn, &[token.grant_id])?;
    } else if let Some(access) = token.access_digest {
        access_tokens::delete(conn, access)?;
    }
    Ok(())
}

/// RFC 9700 4.14.2: whoever brings a rotated token, legitimate client or thief, the whole family ends.
fn replay(conn: &mut AnyConn, token: &RefreshToken) -> Result<Verdict, Error> {
    revoke::yields(conn, &[token.grant_id])?;
    tracing::warn!(
        event = "token_family_revoked",
        client_id = %token.granted.client_id,
        grant = %token.grant_id.hex(),
        "a rotated refresh token came again"
    );
    Ok(Verdict::Refuse(invalid_grant("The refresh token has been used; all tokens of the grant are revoked.")))
}

async fn reused(cx: &Cx, token: RefreshToken) -> Result<TokenSet, OAuthError> {
    match cx.db.write(move |conn| replay(conn, &token)).await? {
        Verdict::Refuse(error) => Err(error),
        Verdict::Issue => Err(invalid_grant("The refresh token has been used.")),
    }
}

#[cfg(test)]
mod tests;
