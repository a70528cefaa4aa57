//! `client_credentials` (RFC 6749 4.4; contract 4.5). One coalesced insert and nothing else of the database.

use serde_json::Value;

use super::{
    Grant, allowed_audience, allowed_details, allowed_resources, allowed_scopes, details_of, invalid_grant,
    resources_of, scopes_of,
};
use crate::{
    app::Cx,
    model::token::{Granted, Session, Terms},
    protocol::{audience, error::OAuthError, params::Params},
    token::{
        hook::{Asking, issued},
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
    },
};

/// The grant.
pub(super) struct ClientCredentials;

/// What the token request says.
pub(super) struct ClientParams {
    scope: Vec<String>,
    audience: Vec<String>,
    resources: Vec<String>,
    details: Option<Vec<Value>>,
}

impl TryFrom<&Params> for ClientParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        Ok(Self {
            scope: scopes_of(params),
            audience: audience::split(params.all("audience")),
            resources: resources_of(params),
            details: details_of(params)?,
        })
    }
}

impl Grant for ClientCredentials {
    const TYPE: &'static str = "client_credentials";
    type Params = ClientParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: ClientParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        // RFC 6749 4.4: "MUST only be used by confidential clients".
        if client.is_public() {
            return Err(invalid_grant("A public client has no credentials to get a token for."));
        }
        allowed_scopes(cx, client, &params.scope)?;
        allowed_audience(client, &params.audience)?;
        allowed_resources(&client.audience, &params.resources)?;
        // RFC 9396 6: of the types it is registered for, as with scopes.
        let details = params.details.unwrap_or_default();
        allowed_details(cx, client, &details)?;
        let mut audience = params.audience;
        audience.extend(params.resources);
        audience.dedup();
        let by_default = params.scope.is_empty() && cx.config.oauth2.default_grant_allowed_scope;
        let scope = if by_default { client.scopes().into_iter().map(str::to_owned).collect() } else { params.scope };
        let granted = Granted {
            grant_id: None,
            client_id: client.id.clone(),
            subject: client.id.text(),
            scope,
            audience,
            session: Vec::new(),
        };
        let asking = Asking { grant_type: Self::TYPE, requested: &granted.scope, granted: &granted };
        let session = issued(cx, asking, own(details)).await?;
        let recipe = Recipe { asker, granted, narrowed: Narrowed::default(), session, via: Via::ClientCredentials };
        let tokens = mint(cx, recipe).await?;
        cx.tokens.insert(tokens.access.clone()).await?;
        Ok(tokens)
    }
}

/// The session of a client's own token.
fn own(authorization_details: Vec<Value>) -> Session {
    Session { terms: Terms { authorization_details, ..Terms::default() }, ..Session::default() }
}
