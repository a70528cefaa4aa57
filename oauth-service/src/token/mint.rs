//! Making the tokens of one answer: texts for the client, rows for the database. Signing happens here, before and outside
//! the write that keeps the rows.

use serde_json::{Map, Value, json};
use shared_types::{
    id::{GrantId, TokenId},
    secret::Digest,
};

use super::{
    binding,
    claims::{self, Frame},
    id_token,
    lifetime::{Ends, Via, ends},
    opaque,
    rule::Claims,
    seal_session,
};
use crate::{
    app::Cx,
    config::TokenStrategy,
    key::{self, KeySet},
    model::{
        client::Client,
        token::{AccessToken, Confirmation, Granted, Login, RefreshToken, Session},
    },
    protocol::{error::OAuthError, scope},
};

/// What the digest of a JWT access token's row is made of, beside its `jti`.
pub(super) const JWT_ROW: &str = "jwt access token";

/// The tokens of one answer.
#[derive(Debug, Clone)]
pub(crate) struct TokenSet {
    access_text: String,
    refresh_text: Option<String>,
    id_token: Option<String>,
    scope: String,
    /// RFC 9396 7.
    details: Vec<Value>,
    expires_in: i64,
    /// `DPoP` or `bearer`.
    token_type: &'static str,
    /// It came of another token (RFC 8693 2.2.1).
    is_exchange: bool,
    /// The access token's row.
    pub(crate) access: AccessToken,
    /// The refresh token's row, where one was issued.
    pub(crate) refresh: Option<RefreshToken>,
}

impl TokenSet {
    /// The same without a refresh token: the one that was brought is kept.
    pub(crate) fn without_refresh(self) -> Self {
        Self { refresh_text: None, refresh: None, ..self }
    }

    /// The body of the token endpoint's answer (RFC 6749 5.1; contract 5.5).
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("access_token".to_owned(), json!(self.access_text));
        if !self.details.is_empty() {
            body.insert("authorization_details".to_owned(), json!(self.details));
        }
        body.insert("expires_in".to_owned(), json!(self.expires_in));
        if self.is_exchange {
            body.insert("issued_token_type".to_owned(), json!("urn:ietf:params:oauth:token-type:access_token"));
        }
        if let Some(id_token) = &self.id_token {
            body.insert("id_token".to_owned(), json!(id_token));
        }
        if let Some(refresh) = &self.refresh_text {
            body.insert("refresh_token".to_owned(), json!(refresh));
        }
        body.insert("scope".to_owned(), json!(self.scope));
        body.insert("token_type".to_owned(), json!(self.token_type));
        Value::Object(body)
    }
}

/// Who asks for tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// The client, authenticated.
    pub(crate) client: &'a Client,
    /// What it proved to hold: tokens may have to be bound to that.
    pub(crate) proven: &'a Confirmation,
}

/// What an access token has less than was granted; the refresh token keeps all of it.
#[derive(Debug, Default)]
pub(crate) struct Narrowed {
    /// Its scopes, where they are fewer (RFC 6749 6).
    pub(crate) scope: Option<Vec<String>>,
    /// The resources it is for (RFC 8707 2.2); none are all that was granted.
    pub(crate) resources: Vec<String>,
    /// Its details, where they are fewer (RFC 9396 6).
    pub(crate) details: Option<Vec<Value>>,
}

/// What an answer's tokens are made of.
#[derive(Debug)]
pub(crate) struct Recipe<'a> {
    /// Who gets them.
    pub(crate) asker: Asker<'a>,
    /// What was granted, in full; `granted.session` is filled in here.
    pub(crate) granted: Granted,
    /// What this answer's access token has less.
    pub(crate) narrowed: Narrowed,
    /// Claims and login.
    pub(crate) session: Session,
    /// How the tokens are got.
    pub(crate) via: Via,
}

/// All that is settled before tokens are made.
pub(super) struct Plan<'a> {
    pub(super) client: &'a Client,
    /// What the refresh token has.
    granted: Granted,
    /// What the access token has of it.
    pub(super) shown: Granted,
    pub(super) session: Session,
    pub(super) ends: Ends,
    is_exchange: bool,
}

/// Settles what the tokens of a recipe are made of.
pub(super) fn plan<'a>(cx: &Cx, recipe: Recipe<'a>) -> Result<Plan<'a>, OAuthError> {
    let Recipe { asker: Asker { client, proven }, mut granted, narrowed, mut session, via } = recipe;
    session.terms.cnf = binding::of_access(cx, client, proven)?;
    session.terms.refresh_cnf = binding::of_refresh(client, proven);
    granted.session = seal_session(cx, &session)?;
    let shown = shown(cx, &granted, &mut session, narrowed)?;
    let is_exchange = matches!(via, Via::Exchange { .. });
    Ok(Plan { client, granted, shown, session, ends: ends(cx, client, via), is_exchange })
}

impl Plan<'_> {
    /// The login an ID token is made of, where there is to be one.
    pub(super) fn id_token_of(&self) -> Option<&Login> {
        self.session.login.as_ref().filter(|_| scope::is_openid(&self.shown.scope))
    }

    /// The grant a refresh token is made for, where there is to be one.
    pub(super) fn refreshes(&self) -> Option<GrantId> {
        let may = !self.is_exchange && scope::is_offline(&self.granted.scope) && self.client.has_grant("refresh_token");
        self.granted.grant_id.filter(|_| may)
    }

    pub(super) fn expires_in(&self, cx: &Cx) -> i64 {
        (self.ends.access.at - cx.now).num_seconds()
    }

    /// `DPoP` or `bearer`.
    pub(super) fn token_type(&self) -> &'static str {
        if self.session.terms.cnf.jkt.is_some() { "DPoP" } else { "bearer" }
    }
}

/// Makes an access token, and for an authorization its refresh and ID tokens as scopes and registration allow.
pub(crate) async fn mint(cx: &Cx, recipe: Recipe<'_>) -> Result<TokenSet, OAuthError> {
    let plan = plan(cx, recipe)?;
    let (client, ends) = (plan.client, &plan.ends);
    let (access_text, access) = access_token(cx, client, plan.shown.clone(), &plan.session, ends).await?;
    let id_token = match plan.id_token_of() {
        Some(login) => {
            let beside = id_token::Beside { access_token: Some(&access_text), code: None, ends: ends.id };
            Some(id_token::sign(cx, client, &plan.session, login, beside).await?)
        }
        None => None,
    };
    let refresh = plan.refreshes().map(|grant_id| refresh_token(cx, grant_id, plan.granted.clone(), &access, ends));
    let (refresh_text, refresh) = refresh.unzip();
    Ok(TokenSet {
        scope: access.granted.scope.join(" "),
        expires_in: plan.expires_in(cx),
        token_type: plan.token_type(),
        details: plan.session.terms.authorization_details,
        is_exchange: plan.is_exchange,
        access_text,
        refresh_text,
        id_token,
        access,
        refresh,
    })
}

/// What the access token has of the grant; the session becomes what it says.
fn shown(cx: &Cx, granted: &Granted, session: &mut Session, narrowed: Narrowed) -> Result<Granted, OAuthError> {
    let Narrowed { scope, resources, details } = narrowed;
    let mut shown = granted.clone();
    if let Some(scope) = scope {
        shown.scope = scope;
    }
    if !resources.is_empty() {
        shown.audience = resources;
    }
    if let Some(details) = details {
        session.terms.authorization_details = details;
        shown.session = seal_session(cx, session)?;
    }
    Ok(shown)
}

pub(super) async fn access_token(
    cx: &Cx,
    client: &Client,
    granted: Granted,
    session: &Session,
    ends: &Ends,
) -> Result<(String, AccessToken), OAuthError> {
    if strategy(cx, client) == TokenStrategy::Opaque {
        let minted = opaque::mint(cx, opaque::Kind::Access);
        return Ok((minted.text, row(cx, minted.digest, granted, ends)));
    }
    let signer = cx.keys.signer(cx, KeySet::AccessToken, key::by_default(cx, KeySet::AccessToken)).await?;
    let jti = TokenId::random(&*cx.entropy).text();
    let mut claims = Map::new();
    access_claims(cx, (&granted, session), ends, &jti, &mut claims);
    let text = signer.sign(&claims, cx.config.oauth2.claims.profile.typ())?;
    Ok((text, row(cx, cx.digester.digest(JWT_ROW, &jti), granted, ends)))
}

/// What a JWT access token says.
pub(super) fn access_claims(
    cx: &Cx,
    (granted, session): (&Granted, &Session),
    ends: &Ends,
    jti: &str,
    claims: &mut impl Claims,
) {
    let frame = Frame { issuer: &cx.config.urls.issuer, jti, now: cx.now, ends: ends.access };
    claims::access(frame, granted, session, &cx.config.oauth2.claims, claims);
}

/// The row of an access token.
pub(super) fn row(cx: &Cx, digest: Digest, granted: Granted, ends: &Ends) -> AccessToken {
    AccessToken { digest, granted, issued_at: cx.now, expires_at: ends.access.at }
}

/// Whether the client's access tokens are opaque or JWTs.
pub(super) fn strategy(cx: &Cx, client: &Client) -> TokenStrategy {
    TokenStrategy::parse(&client.access_token_strategy).unwrap_or(cx.config.strategies.access_token)
}

fn refresh_token(
    cx: &Cx,
    grant_id: GrantId,
    granted: Granted,
    access: &AccessToken,
    ends: &Ends,
) -> (String, RefreshToken) {
    let minted = opaque::mint(cx, opaque::Kind::Refresh);
    let row = RefreshToken {
        digest: minted.digest,
        grant_id,
        granted,
        access_digest: Some(access.digest),
        issued_at: cx.now,
        expires_at: ends.refresh.map(|end| end.at),
        used: None,
    };
    (minted.text, row)
}
