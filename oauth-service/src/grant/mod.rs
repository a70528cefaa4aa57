//! Grants: one file each, read top to bottom like its section of the RFC.
//!
//! A grant checks, asks the hooks, makes the tokens, and then keeps everything in ONE write that also spends what was
//! presented. Hooks and signatures stay outside that write. The write ends with a [`Verdict`]: `Refuse` commits what it
//! revoked and still answers with an error, which a rolled-back `Err` could not.

mod authorization_code;
mod client_credentials;
mod device_code;
mod jwt_bearer;
pub(crate) mod preview;
mod refresh_token;
mod token_exchange;

use serde_json::Value;
use shared_types::db::{AnyConn, Error};

use crate::{
    app::Cx,
    model::client::Client,
    protocol::{
        audience, authorization_details,
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
    store,
    token::mint::{Asker, TokenSet},
};

pub(crate) use device_code::{Begun, begin};
pub(crate) use jwt_bearer::trust;

/// One way of getting tokens.
pub(crate) trait Grant {
    /// `grant_type`.
    const TYPE: &'static str;
    /// What the token request must say.
    type Params: for<'a> TryFrom<&'a Params, Error = OAuthError>;
    /// Gives tokens or refuses.
    async fn issue(cx: &Cx, asker: Asker<'_>, params: Self::Params) -> Result<TokenSet, OAuthError>;
}

/// How a write ended that spends something.
#[must_use = "a refusal has to reach the client"]
pub(crate) enum Verdict {
    /// The tokens are kept.
    Issue,
    /// What had to be revoked is revoked, and nothing is issued.
    Refuse(OAuthError),
}

/// Finds the grant a token request names and lets it answer.
pub(crate) async fn answer(cx: &Cx, asker: Asker<'_>, params: &Params) -> Result<TokenSet, OAuthError> {
    match params.get("grant_type") {
        Some(authorization_code::AuthorizationCode::TYPE) => {
            run::<authorization_code::AuthorizationCode>(cx, asker, params).await
        }
        Some(refresh_token::RefreshTokenGrant::TYPE) => {
            run::<refresh_token::RefreshTokenGrant>(cx, asker, params).await
        }
        Some(client_credentials::ClientCredentials::TYPE) => {
            run::<client_credentials::ClientCredentials>(cx, asker, params).await
        }
        Some(device_code::DeviceCode::TYPE) => run::<device_code::DeviceCode>(cx, asker, params).await,
        Some(jwt_bearer::JwtBearer::TYPE) => run::<jwt_bearer::JwtBearer>(cx, asker, params).await,
        Some(token_exchange::TokenExchange::TYPE) => run::<token_exchange::TokenExchange>(cx, asker, params).await,
        // The contract has invalid_request here where RFC 6749 5.2 has unsupported_grant_type: MUST-MATCH.
        Some(other) => Err(invalid_request(format!("The grant_type {other} is not supported."))),
        None => Err(invalid_request("The grant_type is missing.")),
    }
}

async fn run<G: Grant>(cx: &Cx, asker: Asker<'_>, params: &Params) -> Result<TokenSet, OAuthError> {
    registered(asker.client, G::TYPE)?;
    let tokens = G::issue(cx, asker, G::Params::try_from(params)?).await?;
    cx.granted.count(&[G::TYPE]);
    Ok(tokens)
}

/// A grant the client is not registered for is refused (RFC 6749 5.2).
fn registered(client: &Client, grant: &str) -> Result<(), OAuthError> {
    if client.has_grant(grant) {
        return Ok(());
    }
    let why = format!("The client is not registered for the grant type {grant}.");
    Err(OAuthError::new(OAuthCode::UnauthorizedClient).because(why))
}

/// Reads a token request as every grant would.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_all(params: &Params) {
    let _ = <authorization_code::AuthorizationCode as Grant>::Params::try_from(params);
    let _ = <client_credentials::ClientCredentials as Grant>::Params::try_from(params);
    let _ = <device_code::DeviceCode as Grant>::Params::try_from(params);
    let _ = <jwt_bearer::JwtBearer as Grant>::Params::try_from(params);
    let _ = <refresh_token::RefreshTokenGrant as Grant>::Params::try_from(params);
    let _ = <token_exchange::TokenExchange as Grant>::Params::try_from(params);
}

fn invalid_request(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest).because(why)
}

fn invalid_grant(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidGrant).because(why)
}

/// A parameter the grant cannot do without.
fn required(params: &Params, name: &'static str) -> Result<String, OAuthError> {
    params.get(name).map(str::to_owned).ok_or_else(|| invalid_request(format!("The {name} is missing.")))
}

/// Scopes the client may not have are refused (RFC 6749 3.3).
fn allowed_scopes(cx: &Cx, client: &Client, wanted: &[String]) -> Result<(), OAuthError> {
    match cx.config.strategies.scope.first_refused(&client.scopes(), wanted) {
        Some(refused) => {
            let why = format!("The scope {refused} is not allowed to the client.");
            Err(OAuthError::new(OAuthCode::InvalidScope).because(why))
        }
        None => Ok(()),
    }
}

/// Audiences the client may not have are refused (contract 2.5).
fn allowed_audience(client: &Client, wanted: &[String]) -> Result<(), OAuthError> {
    match audience::first_refused(&client.audience, wanted) {
        Some(refused) => Err(invalid_request(format!("The audience {refused} is not allowed to the client."))),
        None => Ok(()),
    }
}

/// The resources a token request names (RFC 8707 2.2).
fn resources_of(params: &Params) -> Vec<String> {
    params.all("resource").map(str::to_owned).collect()
}

/// Resources that are not covered are refused (RFC 8707 2).
fn allowed_resources(covering: &[String], wanted: &[String]) -> Result<(), OAuthError> {
    let refused = |why: String| Err(OAuthError::new(OAuthCode::InvalidTarget).because(why));
    if wanted.iter().any(|resource| !audience::is_resource(resource)) {
        return refused("A resource must be an absolute URI without fragment.".to_owned());
    }
    match audience::first_refused(covering, wanted) {
        Some(resource) => refused(format!("The resource {resource} is not among those that may be asked for.")),
        None => Ok(()),
    }
}

/// The details a token request names (RFC 9396 6).
fn details_of(params: &Params) -> Result<Option<Vec<Value>>, OAuthError> {
    let read = |text| authorization_details::parse(text).map_err(|error| invalid_details(error.to_string()));
    params.get("authorization_details").map(read).transpose()
}

/// Details of types that this server or the client has not registered are refused (RFC 9396 5).
fn allowed_details(cx: &Cx, client: &Client, wanted: &[Value]) -> Result<(), OAuthError> {
    let (server, client) = (&cx.config.oauth2.authorization_details_types, &client.authorization_details_types);
    match authorization_details::first_unregistered(wanted, server, client) {
        Some(unknown) => Err(invalid_details(format!("The client may not ask for the type '{unknown}'."))),
        None => Ok(()),
    }
}

/// The details of this answer, where the client wants fewer than were granted; more it cannot have (RFC 9396 6.1).
fn narrowed_details(granted: &[Value], wanted: Option<Vec<Value>>) -> Result<Option<Vec<Value>>, OAuthError> {
    let Some(wanted) = wanted else { return Ok(None) };
    if wanted.iter().all(|detail| granted.iter().any(|known| authorization_details::covers(known, detail))) {
        return Ok(Some(wanted));
    }
    Err(invalid_details("They are not covered by what was granted.".to_owned()))
}

fn invalid_details(why: String) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidAuthorizationDetails).because(why)
}

/// The scopes a token request names.
fn scopes_of(params: &Params) -> Vec<String> {
    scope::split(params.get("scope").unwrap_or_default())
}

/// Keeps the rows of an answer.
fn keep(conn: &mut AnyConn, tokens: &TokenSet) -> Result<(), Error> {
    store::access_tokens::insert(conn, &tokens.access)?;
    tokens.refresh.as_ref().map_or(Ok(()), |refresh| store::refresh_tokens::insert(conn, refresh))
}
