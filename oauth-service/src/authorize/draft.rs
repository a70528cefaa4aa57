//! An authorization request on its way from parameters to something that may be answered.
//!
//! Checks fill a [`Draft`]; only [`Draft::seal`] makes an [`Authorized`], and it runs every check first. What comes after takes
//! nothing but an `Authorized`.

use std::sync::Arc;

use super::{check::redirect_uri::ProvenRedirect, failure::Failure, matrix};
use crate::{
    config::Config,
    model::client::Client,
    protocol::{
        error::{OAuthCode, OAuthError},
        max_age::MaxAge,
        params::Params,
        pkce::CodeChallenge,
        prompt::Prompt,
        response_mode::ResponseMode,
        scope::{self, ScopeStrategy},
    },
};

/// What the configuration says about authorization requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) scope_strategy: ScopeStrategy,
    /// Confidential clients must use PKCE too. Public clients always must.
    pub(super) pkce_enforced: bool,
    pub(super) dev: bool,
}

impl Rules {
    /// The rules of a configuration.
    pub(super) fn of(config: &Config) -> Self {
        Self { scope_strategy: config.strategies.scope, pkce_enforced: config.oauth2.pkce_enforced, dev: config.dev }
    }
}

/// A request some of whose parts have been checked.
pub(super) struct Draft<'a> {
    pub(super) params: &'a Params,
    pub(super) rules: Rules,
    pub(super) client: Option<Arc<Client>>,
    pub(super) response_mode: Option<ResponseMode>,
    pub(super) scope: Vec<String>,
    pub(super) redirect: Option<ProvenRedirect>,
    pub(super) audience: Vec<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) prompt: Prompt,
    pub(super) max_age: Option<MaxAge>,
}

impl<'a> Draft<'a> {
    /// A request of which nothing has been checked. `client` is what was found under `client_id`.
    pub(super) fn new(params: &'a Params, client: Option<Arc<Client>>, rules: Rules) -> Self {
        Self {
            params,
            rules,
            client,
            response_mode: None,
            scope: scope::split(params.get("scope").unwrap_or_default()),
            redirect: None,
            audience: Vec::new(),
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
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
        let (Some(client), Some(redirect)) = (self.client, self.redirect) else {
            return Err(Failure::Page(OAuthError::new(OAuthCode::ServerError)));
        };
        Ok(Authorized {
            params: self.params.clone(),
            client,
            redirect,
            scope: self.scope,
            audience: self.audience,
            code_challenge: self.code_challenge,
            prompt: self.prompt,
            max_age: self.max_age,
        })
    }
}

/// A request that passed every check. It cannot be made but by [`Draft::seal`].
#[derive(Debug, Clone)]
pub(crate) struct Authorized {
    params: Params,
    client: Arc<Client>,
    redirect: ProvenRedirect,
    scope: Vec<String>,
    audience: Vec<String>,
    code_challenge: Option<CodeChallenge>,
    prompt: Prompt,
    max_age: Option<MaxAge>,
}

impl Authorized {
    pub(crate) fn params(&self) -> &Params {
        &self.params
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn redirect(&self) -> &ProvenRedirect {
        &self.redirect
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
