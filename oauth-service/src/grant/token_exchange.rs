//! `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a token of this server is exchanged for one that says less, or that says
//! who acts for whom.
//!
//! Without an actor the new token speaks for the same subject (impersonation); with one it says in `act` who acts for him (delegation).
//! It never outlives the token it was made of, never holds a scope that one lacks, and cannot be refreshed.

use serde_json::{Map, Value, json};

use super::{Grant, allowed_audience, allowed_scopes, invalid_request, required, scopes_of};
use crate::{
    app::Cx,
    model::{
        client::Client,
        token::{AccessToken, Granted, Session},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    token::{
        hook::{Asking, issued},
        introspect,
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
        open_session,
    },
};

/// RFC 8693 3.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
/// How many actors a token may name, one within the other.
const DEEPEST: usize = 8;

/// The grant.
pub(super) struct TokenExchange;

/// What the token request says.
pub(super) struct ExchangeParams {
    subject_token: String,
    actor_token: Option<String>,
    /// Empty: what the subject token has and the client may have.
    scope: Vec<String>,
    /// `audience` and `resource`.
    audience: Vec<String>,
}

impl TryFrom<&Params> for ExchangeParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        let typed = |name: &'static str| known_type(name, &required(params, name)?);
        let subject_token = required(params, "subject_token")?;
        typed("subject_token_type")?;
        let actor_token = params.get("actor_token").map(str::to_owned);
        match (&actor_token, params.get("actor_token_type")) {
            (Some(_), _) => typed("actor_token_type")?,
            // RFC 8693 2.1: the type "MUST NOT be included" without its token.
            (None, Some(_)) => {
                return Err(invalid_request("The actor_token_type stands there without an actor_token."));
            }
            (None, None) => {}
        }
        if params.get("requested_token_type").is_some_and(|wanted| wanted != ACCESS_TOKEN) {
            return Err(invalid_request(format!("The requested_token_type must be {ACCESS_TOKEN}.")));
        }
        let audience = params.all("audience").chain(params.all("resource"));
        let audience = audience.flat_map(str::split_whitespace).map(str::to_owned).collect();
        Ok(Self { subject_token, actor_token, scope: scopes_of(params), audience })
    }
}

fn known_type(member: &str, text: &str) -> Result<(), OAuthError> {
    if [ACCESS_TOKEN, JWT].contains(&text) {
        return Ok(());
    }
    Err(invalid_request(format!("The {member} must be {ACCESS_TOKEN} or {JWT}.")))
}

impl Grant for TokenExchange {
    const TYPE: &'static str = "urn:ietf:params:oauth:grant-type:token-exchange";
    type Params = ExchangeParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: ExchangeParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        // RFC 8693 5: who is not authenticated could turn any leaked token into a fresh one.
        if client.is_public() {
            return Err(
                OAuthError::new(OAuthCode::UnauthorizedClient).because("A public client cannot exchange tokens.")
            );
        }
        let subject = presented(cx, client, "subject_token", &params.subject_token).await?;
        let actor = match &params.actor_token {
            Some(text) => Some(presented(cx, client, "actor_token", text).await?),
            None => None,
        };
        let session = open_session(cx, &subject.granted.session)?;
        let session = delegated(cx, session, actor.as_ref())?;
        let granted = Granted {
            // Revoking what the subject token came of takes this one along.
            grant_id: subject.granted.grant_id,
            client_id: client.id.clone(),
            subject: subject.granted.subject.clone(),
            scope: scope(cx, client, &subject, &params.scope)?,
            audience: audience(client, &subject, params.audience)?,
            session: Vec::new(),
        };
        let asking = Asking { grant_type: Self::TYPE, requested: &params.scope, granted: &granted };
        let session = issued(cx, asking, session).await?;
        let via = Via::Exchange { until: subject.expires_at };
        let tokens = mint(cx, Recipe { asker, granted, narrowed: Narrowed::default(), session, via }).await?;
        cx.tokens.insert(tokens.access.clone()).await?;
        tracing::info!(
            event = "token_exchanged",
            client_id = %client.id,
            from = %subject.granted.client_id,
            subject = subject.granted.subject,
            delegated = actor.is_some(),
            request_id = &*cx.request_id,
            "a token was exchanged"
        );
        Ok(tokens)
    }
}

/// A token that was presented, good now and meant for this client: issued to it, or naming it as an audience (RFC 8693 2.1, 5).
async fn presented(cx: &Cx, client: &Client, member: &str, text: &str) -> Result<AccessToken, OAuthError> {
    let refused = |why: &str| invalid_request(format!("The {member} {why}."));
    let token = introspect::find_access(cx, text).await?.filter(|token| token.expires_at > cx.now);
    let token = token.ok_or_else(|| refused("is unknown, expired or revoked"))?;
    let own = token.granted.client_id == client.id;
    if own || token.granted.audience.iter().any(|audience| audience == client.id.as_str()) {
        return Ok(token);
    }
    // An API that was called with the token and calls on: one of the audiences it is registered for is the token's.
    if token.granted.audience.iter().any(|audience| client.audience.contains(audience)) {
        return Ok(token);
    }
    Err(refused("was not issued to or for this client"))
}

/// The session behind the new token. It is the client's own: nobody logs in, so no ID token comes of it.
fn delegated(cx: &Cx, session: Session, actor: Option<&AccessToken>) -> Result<Session, OAuthError> {
    let act = match actor {
        Some(actor) => Some(acting(cx, actor, session.terms.act.as_ref())?),
        None => session.terms.act.clone(),
    };
    let mut session = Session { login: None, ..session };
    session.terms.act = act;
    Ok(session)
}

/// RFC 8693 4.1: the actor of now outside, the one before him inside.
fn acting(cx: &Cx, actor: &AccessToken, before: Option<&Value>) -> Result<Value, OAuthError> {
    let mut act = Map::new();
    act.insert("sub".to_owned(), json!(actor.granted.subject));
    act.insert("client_id".to_owned(), json!(actor.granted.client_id));
    act.insert("iss".to_owned(), json!(cx.config.urls.issuer));
    if let Some(before) = before {
        act.insert("act".to_owned(), before.clone());
    }
    let mut depth = 0;
    let mut link = Some(&act);
    while let Some(actor) = link {
        depth += 1;
        link = actor.get("act").and_then(Value::as_object);
    }
    if depth > DEEPEST {
        return Err(invalid_request("Too many act for the subject already."));
    }
    Ok(Value::Object(act))
}

/// Scopes the subject token lacks are nobody's to add.
fn scope(cx: &Cx, client: &Client, subject: &AccessToken, wanted: &[String]) -> Result<Vec<String>, OAuthError> {
    let held = &subject.granted.scope;
    if wanted.is_empty() {
        let registered = client.scopes();
        let may = |scope: &&String| {
            let one = std::slice::from_ref(*scope);
            cx.config.strategies.scope.first_refused(&registered, one).is_none()
        };
        return Ok(held.iter().filter(may).cloned().collect());
    }
    if let Some(extra) = wanted.iter().find(|scope| !held.contains(scope)) {
        let why = format!("The scope {extra} is not one of the subject_token's.");
        return Err(OAuthError::new(OAuthCode::InvalidScope).because(why));
    }
    allowed_scopes(cx, client, wanted)?;
    Ok(wanted.to_vec())
}

/// Where the new token is to be good: where the client may want it to be (RFC 8693 2.2.2, `invalid_target`).
fn audience(client: &Client, subject: &AccessToken, wanted: Vec<String>) -> Result<Vec<String>, OAuthError> {
    if wanted.is_empty() {
        let held = &subject.granted.audience;
        return Ok(held.iter().filter(|audience| client.audience.contains(audience)).cloned().collect());
    }
    allowed_audience(client, &wanted).map_err(|error| OAuthError { code: OAuthCode::InvalidTarget, ..error })?;
    Ok(wanted)
}
