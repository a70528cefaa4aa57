//! How a client proves who it is at the token and revocation endpoints (contract 2.8; RFC 6749 2.3, 3.2.1).
//!
//! The registered method is the only one that counts: a client that registered Basic and posts its secret is refused, and told so.

use std::{net::IpAddr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared_types::{http::limit::RetryAfter, secret::Secret};

use super::{
    assertion,
    cache::find,
    certificate::{self, Certificate},
    secret::{SecretError, check},
};
use crate::{
    app::Cx,
    model::client::Client,
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// What a request presents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    /// The `Authorization` header.
    pub(crate) authorization: Option<&'a str>,
    /// The form.
    pub(crate) params: &'a Params,
    /// The certificate of its connection.
    pub(crate) certificate: Option<&'a Certificate>,
    /// Where it comes from.
    pub(crate) address: IpAddr,
}

/// A client that could not be authenticated.
#[derive(Debug)]
pub(crate) struct AuthFailure {
    /// It used HTTP Basic, so the answer says which scheme it must use (RFC 6749 5.2).
    pub(crate) basic: bool,
    /// The client it said it is, where there is one: its origins may read the answer (contract 1.6).
    pub(crate) client: Option<Arc<Client>>,
    /// Why.
    pub(crate) refusal: AuthRefusal,
}

/// Why a client was not authenticated.
#[derive(Debug)]
pub(crate) enum AuthRefusal {
    /// An OAuth2 error.
    Refused(OAuthError),
    /// Too many attempts.
    Limited(RetryAfter),
}

impl From<OAuthError> for AuthRefusal {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<SecretError> for AuthRefusal {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Limited(wait) => Self::Limited(wait),
            SecretError::Busy => OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error).into(),
            SecretError::Hash(_) => OAuthError::new(OAuthCode::ServerError).caused_by(error).into(),
        }
    }
}

/// What a request says of its client, by method.
#[derive(Debug, PartialEq, Eq)]
struct Claim {
    client_id: String,
    proof: Proof,
}

#[derive(Debug, PartialEq, Eq)]
enum Proof {
    Basic(Secret<String>),
    Post(Secret<String>),
    Assertion {
        /// `private_key_jwt` or `client_secret_jwt`.
        method: &'static str,
        text: String,
    },
    Nothing,
}

impl Proof {
    const fn method(&self) -> &'static str {
        match self {
            Self::Basic(_) => "client_secret_basic",
            Self::Post(_) => "client_secret_post",
            Self::Assertion { method, .. } => method,
            Self::Nothing => "none",
        }
    }
}

/// Whether what a request says of its client can be made out at all.
#[cfg(feature = "fuzzing")]
pub(crate) fn says_who(presented: &Presented<'_>) -> bool {
    claim_of(presented).is_ok()
}

/// The client a request comes from, proven.
pub(crate) async fn authenticate(cx: &Cx, presented: Presented<'_>) -> Result<Arc<Client>, AuthFailure> {
    let basic = presented.authorization.is_some_and(is_basic);
    let fail = |client: Option<Arc<Client>>, refusal: AuthRefusal| AuthFailure { basic, client, refusal };
    let (claim, client) = identify(cx, &presented).await.map_err(|refusal| fail(None, refusal))?;
    match prove(cx, &client, claim.proof, &presented).await {
        Ok(()) => Ok(client),
        Err(refusal) => Err(fail(Some(client), refusal)),
    }
}

async fn identify(cx: &Cx, presented: &Presented<'_>) -> Result<(Claim, Arc<Client>), AuthRefusal> {
    let claim = claim_of(presented)?;
    let found = find(cx, &claim.client_id).await.map_err(OAuthError::from)?;
    let client = found.ok_or_else(|| invalid("No client has this client_id."))?;
    Ok((claim, client))
}

async fn prove(cx: &Cx, client: &Client, proof: Proof, presented: &Presented<'_>) -> Result<(), AuthRefusal> {
    let (registered, used, address) = (client.auth_method(), proof.method(), presented.address);
    if !cx.config.oauth2.profile.allows_method(registered) {
        return Err(
            invalid(format!("The security profile does not allow clients to authenticate by {registered}.")).into()
        );
    }
    // RFC 8705 2: the request names the client, the connection proves it.
    if used == "none" && matches!(registered, "tls_client_auth" | "self_signed_tls_client_auth") {
        return Ok(certificate::check(cx, client, registered, presented.certificate).await?);
    }
    if registered != used {
        return Err(invalid(format!("The client is registered for {registered} and used {used}.")).into());
    }
    let secret = match proof {
        Proof::Nothing => return Ok(()),
        Proof::Assertion { method, text } => return Ok(assertion::check(cx, client, method, &text).await?),
        Proof::Basic(secret) | Proof::Post(secret) => secret,
    };
    if check(cx, client, secret.expose(), address).await? {
        return Ok(());
    }
    tracing::info!(
        event = "client.authentication.failed",
        client_id = client.id.as_str(),
        %address,
        request_id = &*cx.request_id,
        "a client presented a wrong secret"
    );
    Err(invalid("The client_secret is wrong.").into())
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClient).because(why)
}

fn is_basic(header: &str) -> bool {
    header.split_once(' ').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
}

/// Reads the one method a request uses. RFC 6749 2.3: a client must not use more than one.
fn claim_of(presented: &Presented<'_>) -> Result<Claim, OAuthError> {
    let params = presented.params;
    if params.has("client_assertion") || params.has("client_assertion_type") {
        return asserted(presented);
    }
    let (form_id, form_secret) = (params.get("client_id"), params.get("client_secret"));
    let Some(header) = presented.authorization.filter(|header| is_basic(header)) else {
        let client_id = form_id
            .ok_or_else(|| OAuthError::new(OAuthCode::InvalidRequest).because("The request names no client."))?;
        let proof = form_secret.map_or(Proof::Nothing, |secret| Proof::Post(Secret::new(secret.to_owned())));
        return Ok(Claim { client_id: client_id.to_owned(), proof });
    };
    let (client_id, secret) =
        basic_credentials(header).ok_or_else(|| invalid("The Authorization header cannot be read."))?;
    if form_id.is_some_and(|other| other != client_id) {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("The Authorization header and client_id name different clients."));
    }
    if form_secret.is_some() {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("The client authenticates by the Authorization header and by the form."));
    }
    let proof = if secret.is_empty() { Proof::Nothing } else { Proof::Basic(Secret::new(secret)) };
    Ok(Claim { client_id, proof })
}

/// RFC 7521 4.2: `client_id` may stand beside the assertion, and then names the same client.
fn asserted(presented: &Presented<'_>) -> Result<Claim, OAuthError> {
    let params = presented.params;
    if params.get("client_assertion_type") != Some(assertion::TYPE) {
        return Err(invalid(format!("The client_assertion_type must be {}.", assertion::TYPE)));
    }
    if params.has("client_secret") || presented.authorization.is_some_and(is_basic) {
        return Err(
            OAuthError::new(OAuthCode::InvalidRequest).because("The client authenticates in more than one way.")
        );
    }
    let text = params.get("client_assertion").ok_or_else(|| invalid("The client_assertion is missing."))?;
    let (method, client_id) =
        assertion::claimed(text).ok_or_else(|| invalid("The client_assertion cannot be read."))?;
    if params.get("client_id").is_some_and(|other| other != client_id) {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("The client_id and the client_assertion name different clients."));
    }
    Ok(Claim { client_id, proof: Proof::Assertion { method, text: text.to_owned() } })
}

/// User and password of HTTP Basic, each form-url-encoded inside (RFC 6749 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (_, encoded) = header.split_once(' ')?;
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = plain.split_once(':')?;
    let user = form_decoded(user)?;
    (!user.is_empty()).then(|| form_decoded(password).map(|password| (user, password)))?
}

fn form_decoded(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    percent_encoding::percent_decode_str(&blanks).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests;
