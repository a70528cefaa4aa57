//! An authorization request on its way from parameters to something that may be answered.
//!
//! Checks fill a [`Draft`]; only [`Draft::seal`] makes an [`Authorized`], and it runs every check first. What comes after takes
//! nothing but an `Authorized`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{check::redirect_uri::ProvenRedirect, failure::Failure, matrix, source::Source};
use crate::{
    challenge::Origin,
    config::{Config, Profile},
    model::{challenge::Came, client::Client},
    protocol::{
        acr::WantedAcr,
        claims_request::{Place, wanted},
        error::{OAuthCode, OAuthError},
        max_age::MaxAge,
        params::Params,
        pkce::CodeChallenge,
        prompt::Prompt,
        response_mode::Delivery,
        response_type::ResponseType,
        scope::{self, ScopeStrategy},
    },
};

/// What the configuration says about authorization requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) scope_strategy: ScopeStrategy,
    /// Confidential clients must use PKCE too. Public clients always must.
    pub(super) pkce_enforced: bool,
    pub(super) profile: Profile,
    pub(super) dev: bool,
    /// Types of `authorization_details` this server knows.
    pub(super) details_types: &'a [String],
}

impl<'a> Rules<'a> {
    /// The rules of a configuration.
    pub(super) fn of(config: &'a Config) -> Self {
        Self {
            scope_strategy: config.strategies.scope,
            pkce_enforced: config.oauth2.pkce_enforced,
            dev: config.dev,
            profile: config.oauth2.profile,
            details_types: &config.oauth2.authorization_details_types,
        }
    }
}

/// A request some of whose parts have been checked.
pub(super) struct Draft<'a> {
    pub(super) params: &'a Params,
    pub(super) rules: Rules<'a>,
    pub(super) client: Option<Arc<Client>>,
    pub(super) delivery: Option<Delivery>,
    pub(super) response_type: Option<ResponseType>,
    pub(super) scope: Vec<String>,
    pub(super) redirect: Option<ProvenRedirect>,
    pub(super) audience: Vec<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) prompt: Prompt,
    pub(super) max_age: Option<MaxAge>,
    pub(super) claims: Map<String, Value>,
    pub(super) acr: WantedAcr,
    pub(super) details: Vec<Value>,
    pub(super) came: Came,
    /// What was wrong with its request object.
    pub(super) fault: Option<OAuthError>,
    carried: Option<String>,
}

impl<'a> Draft<'a> {
    /// A request as its source gave it.
    pub(super) fn of(source: &'a mut Source, client: Option<Arc<Client>>, rules: Rules<'a>) -> Self {
        let (came, fault, carried) = (source.came, source.fault.take(), source.carried.clone());
        Self { came, fault, carried, ..Self::new(&source.params, client, rules) }
    }

    /// A request of which nothing has been checked. `client` is what was found under `client_id`.
    pub(super) fn new(params: &'a Params, client: Option<Arc<Client>>, rules: Rules<'a>) -> Self {
        Self {
            params,
            rules,
            client,
            delivery: None,
            response_type: None,
            scope: scope::split(params.get("scope").unwrap_or_default()),
            redirect: None,
            audience: Vec::new(),
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            claims: Map::new(),
            acr: WantedAcr::default(),
            details: Vec::new(),
            came: Came::default(),
            fault: None,
            carried: None,
        }
    }

    /// The client, for checks that stand below the one that demands it.
    pub(super) fn client(&self) -> Result<&Client, OAuthError> {
        self.client.as_deref().ok_or_else(|| OAuthError::new(OAuthCode::InvalidClient))
    }

    /// Runs every check in order. The first that fails is told to the client if its redirect URI has been proven by then, and to the
    /// person if not.
    pub(super) fn seal(mut self) -> Result<Authorized, Failure> {
        for check in matrix::CHECKS {
            if let Err(error) = check(&mut self) {
                return Err(match self.redirect {
                    Some(redirect) => Failure::Redirect(Box::new(redirect), error.into()),
                    None => Failure::Page(error),
                });
            }
        }
        let (Some(client), Some(redirect), Some(response_type)) = (self.client, self.redirect, self.response_type)
        else {
            return Err(Failure::Page(OAuthError::new(OAuthCode::ServerError)));
        };
        Ok(Authorized {
            params: self.params.clone(),
            client,
            redirect,
            response_type,
            scope: self.scope,
            audience: self.audience,
            code_challenge: self.code_challenge,
            prompt: self.prompt,
            max_age: self.max_age,
            claims: self.claims,
            acr: self.acr,
            details: self.details,
            came: self.came,
            carried: self.carried,
        })
    }
}

/// A request that passed every check. It cannot be made but by [`Draft::seal`].
#[derive(Debug, Clone)]
pub(crate) struct Authorized {
    params: Params,
    client: Arc<Client>,
    redirect: ProvenRedirect,
    response_type: ResponseType,
    scope: Vec<String>,
    audience: Vec<String>,
    code_challenge: Option<CodeChallenge>,
    prompt: Prompt,
    max_age: Option<MaxAge>,
    claims: Map<String, Value>,
    acr: WantedAcr,
    details: Vec<Value>,
    came: Came,
    /// The `request_uri` of this server that stands for the request.
    carried: Option<String>,
}

impl Authorized {
    /// The request as challenges need it.
    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin { client: &self.client, params: &self.params, request_uri: self.carried.as_deref() }
    }

    /// How it came.
    pub(super) fn came(&self) -> Came {
        self.came
    }

    /// The `request_uri` of a pushed request: it is answered once.
    pub(crate) fn pushed(&self) -> Option<&str> {
        self.carried.as_deref().filter(|_| self.came.pushed)
    }

    /// The same request, from now on under a `request_uri` of this server.
    pub(super) fn carried_by(self, request_uri: String) -> Self {
        Self { carried: Some(request_uri), ..self }
    }

    pub(crate) fn params(&self) -> &Params {
        &self.params
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn redirect(&self) -> &ProvenRedirect {
        &self.redirect
    }

    /// What the answer is to hold.
    pub(crate) fn response_type(&self) -> &ResponseType {
        &self.response_type
    }

    pub(crate) fn scope(&self) -> &[String] {
        &self.scope
    }

    pub(crate) fn audience(&self) -> &[String] {
        &self.audience
    }

    pub(crate) fn code_challenge(&self) -> Option<&CodeChallenge> {
        self.code_challenge.as_ref()
    }

    pub(crate) fn prompt(&self) -> Prompt {
        self.prompt
    }

    pub(crate) fn max_age(&self) -> Option<MaxAge> {
        self.max_age
    }

    /// The `claims` parameter (OpenID Connect Core 5.5).
    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The authentication context the client wants.
    pub(crate) fn acr(&self) -> &WantedAcr {
        &self.acr
    }

    /// What exactly the client wants to be allowed (RFC 9396).
    pub(crate) fn details(&self) -> &[Value] {
        &self.details
    }

    /// The key the code is to be exchanged with (RFC 9449 10).
    pub(crate) fn dpop_jkt(&self) -> Option<&str> {
        self.params.get("dpop_jkt")
    }

    /// The `sub` the client wants by `claims`, if any (OpenID Connect Core 5.5.1).
    pub(crate) fn wanted_subjects(&self) -> Option<Vec<&str>> {
        let (_, values) = wanted(&self.claims, Place::IdToken, "sub")?;
        (!values.is_empty()).then(|| values.into_iter().filter_map(Value::as_str).collect())
    }

    /// The nonce, which goes into the ID token as it is.
    pub(crate) fn nonce(&self) -> Option<&str> {
        self.params.get("nonce")
    }

    pub(crate) fn id_token_hint(&self) -> Option<&str> {
        self.params.get("id_token_hint")
    }
}

#[cfg(test)]
mod tests;
