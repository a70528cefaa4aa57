//! Encrypting what is made for one client alone (RFC 7516; OpenID Connect Core 10.2): a signed token inside an encrypted one.

use josekit::{
    jwe::{
        self, ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweEncrypter, JweHeader, RSA_OAEP, RSA_OAEP_256,
        alg::{ecdh_es::EcdhEsJweAlgorithm, rsaes::RsaesJweAlgorithm},
    },
    jwk::Jwk,
};

use super::keys;
use crate::{
    app::Cx,
    model::client::Client,
    protocol::{
        encryption::{Enc, KeyAlg},
        error::{OAuthCode, OAuthError},
    },
};

/// What a registration says about one kind of answer: the names of the algorithms, both empty where it is not encrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registered<'a> {
    pub(crate) alg: &'a str,
    pub(crate) enc: &'a str,
}

/// The library's name of an algorithm.
enum Family {
    Rsa(RsaesJweAlgorithm),
    Ecdh(EcdhEsJweAlgorithm),
}

const fn family(alg: KeyAlg) -> Family {
    match alg {
        KeyAlg::RsaOaep => Family::Rsa(RSA_OAEP),
        KeyAlg::RsaOaep256 => Family::Rsa(RSA_OAEP_256),
        KeyAlg::EcdhEs => Family::Ecdh(ECDH_ES),
        KeyAlg::EcdhEsA128Kw => Family::Ecdh(ECDH_ES_A128KW),
        KeyAlg::EcdhEsA256Kw => Family::Ecdh(ECDH_ES_A256KW),
    }
}

/// What encrypts with a public key. `None`: the key is not one for this algorithm.
fn encrypter(alg: KeyAlg, key: &Jwk) -> Option<Box<dyn JweEncrypter>> {
    Some(match family(alg) {
        Family::Rsa(rsa) => Box::new(rsa.encrypter_from_jwk(key).ok()?),
        Family::Ecdh(ecdh) => Box::new(ecdh.encrypter_from_jwk(key).ok()?),
    })
}

/// The token encrypted for the client, or as it is where the client has registered no encryption.
pub(crate) async fn encrypted(
    cx: &Cx,
    client: &Client,
    token: String,
    registered: Registered<'_>,
) -> Result<String, OAuthError> {
    let Some(alg) = KeyAlg::parse(registered.alg) else { return Ok(token) };
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequest).because(why);
    let unreachable = |error| refused("The keys of the client cannot be had.").caused_by(error);
    let key = keys::for_encryption(cx, client, |key| encrypter(alg, key).is_some()).await.map_err(unreachable)?;
    let key = key.ok_or_else(|| refused("The client has no key for the encryption it registered."))?;
    let encrypter = encrypter(alg, &key).ok_or(OAuthCode::ServerError)?;
    let mut header = JweHeader::new();
    header.set_content_encryption(Enc::parse(registered.enc).unwrap_or_default().as_str());
    // OpenID Connect Core 10.2, RFC 7519 5.2: what is inside is a JWT again, unless it is bare claims.
    if !token.starts_with('{') {
        header.set_content_type("JWT");
    }
    if let Some(kid) = key.key_id() {
        header.set_key_id(kid);
    }
    let failed = |error| OAuthError::new(OAuthCode::ServerError).caused_by(error);
    jwe::serialize_compact(token.as_bytes(), &header, encrypter.as_ref()).map_err(failed)
}
