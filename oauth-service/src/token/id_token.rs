//! ID tokens (OpenID Connect Core 2), and ID tokens that come back as a hint.

use serde_json::{Map, Value, json};
use shared_types::id::TokenId;

use super::{
    claims::{Frame, id_token},
    lifetime::End,
    rule::{self, Claims},
};
use crate::{
    app::Cx,
    client::encrypt::{Registered, encrypted},
    key::{self, KeySet, VerifyError},
    model::{
        client::Client,
        token::{Login, Session},
    },
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
    },
};

/// `typ` of the header.
pub(super) const TYP: &str = "JWT";

/// Signs an ID token for the client.
pub(crate) async fn sign(
    cx: &Cx,
    client: &Client,
    session: &Session,
    login: &Login,
    with: Beside<'_>,
) -> Result<String, OAuthError> {
    let signer = cx.keys.signer(cx, KeySet::IdToken, alg(cx, client)).await?;
    let mut said = Map::new();
    claims(cx, client, (session, login), with, &mut said);
    let token = signer.sign(&said, TYP)?;
    let registered =
        Registered { alg: &client.id_token_encrypted_response_alg, enc: &client.id_token_encrypted_response_enc };
    encrypted(cx, client, token, registered).await
}

/// What an ID token says.
pub(super) fn claims(
    cx: &Cx,
    client: &Client,
    (session, login): (&Session, &Login),
    with: Beside<'_>,
    claims: &mut impl Claims,
) {
    let jti = TokenId::random(&*cx.entropy).text();
    let frame = Frame { issuer: &cx.config.urls.issuer, jti: &jti, now: cx.now, ends: with.ends };
    id_token(frame, client.id.as_str(), login, session, claims);
    for (name, beside) in [("at_hash", with.access_token), ("c_hash", with.code)] {
        if let Some(text) = beside {
            claims.put(name, json!(alg(cx, client).half_hash(text)), rule::HASH);
        }
    }
}

/// What else the answer with the ID token holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// The access token.
    pub(crate) access_token: Option<&'a str>,
    /// The code (OpenID Connect Core 3.3.2.11).
    pub(crate) code: Option<&'a str>,
    /// When the ID token ends.
    pub(crate) ends: End,
}

/// The algorithm the client registered for its ID tokens, or the one every relying party knows (OpenID Connect Registration 2).
pub(super) fn alg(cx: &Cx, client: &Client) -> Alg {
    Alg::parse(&client.id_token_signed_response_alg).unwrap_or_else(|| key::by_default(cx, KeySet::IdToken))
}

/// The claims of an ID token of ours. Its expiry is not looked at: a hint names a person, it authorizes nothing
/// (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2).
pub(crate) async fn read_hint(cx: &Cx, hint: &str) -> Result<Map<String, Value>, OAuthError> {
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequest).because(why);
    let verified = match cx.keys.verify(cx, &[KeySet::IdToken], hint).await {
        Ok(verified) => verified,
        Err(VerifyError::Keys(error)) => return Err(error.into()),
        Err(error) => return Err(refused("The id_token_hint was not issued by this server.").caused_by(error)),
    };
    // RFC 8725 3.11: a logout token says so in its type, and is no ID token.
    if verified.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(refused("The id_token_hint is not an ID token."));
    }
    let claims = verified.claims;
    if claims.get("iss").and_then(Value::as_str) != Some(cx.config.urls.issuer.as_str()) {
        return Err(refused("The id_token_hint names another issuer."));
    }
    Ok(claims)
}
