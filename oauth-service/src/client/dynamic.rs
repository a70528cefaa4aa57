//! Clients that register themselves (RFC 7591, RFC 7592; contract 2.9). What an operator decides about a client is not theirs to set,
//! and what they may set is bounded by `oidc.dynamic_client_registration`.

use std::net::IpAddr;

use serde_json::Value;
use shared_types::secret::Secret;
use url::Url;

use super::{
    metadata::{MetadataError, default_scope},
    register::{self, WriteError, Written},
    secret::{self, SecretError},
    types::Registration,
};
use crate::{
    app::Cx,
    model::client::{Client, Metadata},
    protocol::scope,
};

/// Why a client could not register, or change its registration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DynamicError {
    /// No client of this id is managed by this token.
    #[error("the registration access token is not good for this client")]
    Unauthorized,
    /// The client named a secret other than its own.
    #[error("a client cannot choose its secret")]
    Secret,
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<MetadataError> for DynamicError {
    fn from(error: MetadataError) -> Self {
        Self::Write(error.into())
    }
}

impl From<SecretError> for DynamicError {
    fn from(error: SecretError) -> Self {
        Self::Write(error.into())
    }
}

/// Registers a client under an id of this server's choice.
pub(crate) async fn register(cx: &Cx, sent: Value) -> Result<Written, DynamicError> {
    let mut sent = Registration::parse(sent)?;
    if sent.secret.is_some() {
        return Err(MetadataError::of("client_secret", "is chosen by this server").into());
    }
    keep_the_operators(&mut sent.metadata, &Metadata::default())?;
    bound(cx, &sent.metadata)?;
    Ok(register::create(cx, Registration { client_id: None, secret: None, metadata: sent.metadata }).await?)
}

/// The client a registration access token manages.
pub(crate) async fn managed(cx: &Cx, id: &str, token: &str) -> Result<Client, DynamicError> {
    let found = register::managed_by(cx, id, token).await.map_err(WriteError::from)?;
    found.ok_or(DynamicError::Unauthorized)
}

/// Replaces all of a registration that is the client's own to say. The token that did it is spent; the answer has another.
pub(crate) async fn replace(
    cx: &Cx,
    mut client: Client,
    sent: Value,
    address: IpAddr,
) -> Result<Written, DynamicError> {
    let mut sent = Registration::parse(sent)?;
    // RFC 7592 2.2: the id, if it is sent, is the client's.
    if sent.client_id.as_deref().is_some_and(|id| id != client.id.as_str()) {
        return Err(MetadataError::of("client_id", "is not this client's").into());
    }
    // RFC 7592 2.2: "the value of client_secret [..] MUST match the currently issued client secret".
    if let Some(secret) = &sent.secret
        && !secret::check(cx, &client, secret.expose(), address).await?
    {
        return Err(DynamicError::Secret);
    }
    keep_the_operators(&mut sent.metadata, &client.metadata)?;
    bound(cx, &sent.metadata)?;
    let metadata = super::metadata::complete(cx, sent.metadata).await?;
    let needs_one = metadata.auth_method().starts_with("client_secret") && client.secrets.current.is_none();
    // The secret it has proven to know is what it signs with from now on.
    let begins_to_sign = metadata.auth_method() == "client_secret_jwt" && client.auth_method() != "client_secret_jwt";
    let fresh = || secret::generate(cx.entropy.as_ref(), metadata.auth_method());
    let secret = needs_one.then(fresh).or(sent.secret.filter(|_| begins_to_sign));
    let (token, digest) = register::registration_token(cx);
    client.registration_digest = Some(digest);
    let written = register::change(cx, client, metadata, secret).await?;
    Ok(Written { registration_token: Some(token), ..written })
}

/// Removes a client at its own wish.
pub(crate) async fn remove(cx: &Cx, client: &Client) -> Result<(), DynamicError> {
    Ok(register::delete(cx, client.id.as_str()).await?)
}

/// What only an operator decides stays as it is; a client that asks for something else is told so, unless it merely left it out.
fn keep_the_operators(sent: &mut Metadata, known: &Metadata) -> Result<(), MetadataError> {
    let refused = |member: &str| Err(MetadataError::of(member, "is not a client's own to set"));
    if !sent.metadata.is_empty() && sent.metadata != known.metadata {
        return refused("metadata");
    }
    if !sent.access_token_strategy.is_empty() && sent.access_token_strategy != known.access_token_strategy {
        return refused("access_token_strategy");
    }
    if sent.skip_consent && !known.skip_consent {
        return refused("skip_consent");
    }
    if sent.skip_logout_consent == Some(true) && known.skip_logout_consent != Some(true) {
        return refused("skip_logout_consent");
    }
    let unset = sent.lifespans == crate::model::client::Lifespans::default();
    if !unset && sent.lifespans != known.lifespans {
        return refused("..._lifespan");
    }
    sent.metadata.clone_from(&known.metadata);
    sent.owner.clone_from(&known.owner);
    sent.skip_consent = known.skip_consent;
    sent.skip_logout_consent = known.skip_logout_consent;
    sent.lifespans = known.lifespans;
    sent.unlisted.access_token_strategy.clone_from(&known.access_token_strategy);
    Ok(())
}

/// What the configuration lets clients register for.
fn bound(cx: &Cx, metadata: &Metadata) -> Result<(), MetadataError> {
    let policy = &cx.config.registration;
    if let Some(grant) = metadata.grant_types.iter().find(|grant| !policy.allowed_grant_types.contains(grant)) {
        let why = format_args!("holds '{grant}', for which clients cannot register themselves");
        return Err(MetadataError::of("grant_types", why));
    }
    if !policy.allowed_scopes.is_empty() {
        let wanted = if metadata.scope.is_empty() { default_scope(cx) } else { metadata.scope.clone() };
        let wanted = scope::split(&wanted);
        if let Some(refused) = cx.config.strategies.scope.first_refused(&policy.allowed_scopes, &wanted) {
            let why = format_args!("holds '{refused}', for which clients cannot register themselves");
            return Err(MetadataError::of("scope", why));
        }
    }
    let strange =
        |uri: &&String| !policy.allowed_redirect_hosts.is_empty() && !is_at(uri, &policy.allowed_redirect_hosts);
    match metadata.redirect_uris.iter().find(strange) {
        None => Ok(()),
        Some(uri) => Err(MetadataError::RedirectUri(format!(
            "'{uri}' is at a host for which clients cannot register themselves."
        ))),
    }
}

/// Whether a URI is at one of these hosts. `*.example.com` stands for every host below it.
fn is_at(uri: &str, hosts: &[String]) -> bool {
    let Some(host) = Url::parse(uri).ok().and_then(|uri| uri.host_str().map(str::to_owned)) else { return false };
    hosts.iter().any(|known| match known.strip_prefix('*') {
        Some(below) => below.starts_with('.') && host.len() > below.len() && host.ends_with(below),
        None => *known == host,
    })
}

/// Whether a secret of `oidc.dynamic_client_registration.initial_access_tokens` is needed, and this is one.
pub(crate) fn is_admitted(cx: &Cx, token: Option<&str>) -> bool {
    let known = &cx.config.registration.initial_access_tokens;
    let matches = |secret: &Secret<String>| {
        let given = token.unwrap_or_default().as_bytes();
        shared_types::secret::constant_time_eq(secret.expose().as_bytes(), given)
    };
    known.is_empty() || known.iter().fold(false, |found, secret| matches(secret) | found)
}
