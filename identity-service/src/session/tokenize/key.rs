//! The key a template signs with: the first of its set, by the algorithm the key itself names.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    JoseError,
    jwk::Jwk,
    jws::{ES256, ES384, ES512, EdDSA, HS256, HS384, HS512, JwsSigner, PS256, PS384, PS512, RS256, RS384, RS512},
};
use serde_json::{Map, Value, json};

/// A private key that signs.
pub(super) struct Key {
    alg: String,
    kid: String,
    signer: Box<dyn JwsSigner>,
}

/// Reads the first key of a JWKS, or a single JWK (RFC 7517 4, 5). Nothing of the key itself gets into the error.
pub(super) fn read(name: &str, text: &str) -> Result<Arc<Key>, String> {
    let fail = |why: String| format!("{name}: {why}");
    let set: Value = serde_json::from_str(text)
        .map_err(|error| fail(format!("is not JSON, at line {}, column {}", error.line(), error.column())))?;
    let first = match set.get("keys") {
        None => Some(&set),
        Some(keys) => keys.as_array().ok_or_else(|| fail("\"keys\" must be a list".to_owned()))?.first(),
    };
    let Some(Value::Object(key)) = first else { return Err(fail("there is no key in it".to_owned())) };
    let word = |member: &str| match key.get(member).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(fail(format!("its first key has no \"{member}\""))),
    };
    let (alg, kid) = (word("alg")?, word("kid")?);
    let unusable = |_| fail(format!("its first key, {kid:?}, is no private key for {alg}"));
    let jwk = Jwk::from_map(key.clone()).map_err(unusable)?;
    let signer = signer(&alg, &jwk).ok_or_else(|| fail(format!("{alg:?} is no algorithm it could sign with")))?;
    let signer = signer.map_err(unusable)?;
    Ok(Arc::new(Key { alg, kid, signer }))
}

/// The signer of an algorithm; `none` is none.
fn signer(alg: &str, jwk: &Jwk) -> Option<Result<Box<dyn JwsSigner>, JoseError>> {
    Some(match alg {
        "RS256" => RS256.signer_from_jwk(jwk).map(boxed),
        "RS384" => RS384.signer_from_jwk(jwk).map(boxed),
        "RS512" => RS512.signer_from_jwk(jwk).map(boxed),
        "PS256" => PS256.signer_from_jwk(jwk).map(boxed),
        "PS384" => PS384.signer_from_jwk(jwk).map(boxed),
        "PS512" => PS512.signer_from_jwk(jwk).map(boxed),
        "ES256" => ES256.signer_from_jwk(jwk).map(boxed),
        "ES384" => ES384.signer_from_jwk(jwk).map(boxed),
        "ES512" => ES512.signer_from_jwk(jwk).map(boxed),
        "EdDSA" => EdDSA.signer_from_jwk(jwk).map(boxed),
        "HS256" => HS256.signer_from_jwk(jwk).map(boxed),
        "HS384" => HS384.signer_from_jwk(jwk).map(boxed),
        "HS512" => HS512.signer_from_jwk(jwk).map(boxed),
        _ => return None,
    })
}

fn boxed(signer: impl JwsSigner + 'static) -> Box<dyn JwsSigner> {
    Box::new(signer)
}

impl Key {
    /// A compact JWS of the claims (RFC 7515 3.1).
    pub(super) fn sign(&self, claims: &Map<String, Value>) -> Result<String, String> {
        let header = json!({"alg": self.alg, "kid": self.kid, "typ": "JWT"}).to_string();
        let claims = serde_json::to_vec(claims).map_err(|error| error.to_string())?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.signer.sign(token.as_bytes()).map_err(|error| error.to_string())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

#[cfg(test)]
mod tests;
