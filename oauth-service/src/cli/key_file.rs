//! Keys out of files: JWK, JWK set, PEM, DER.

use anyhow::{Context as _, bail};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::alg::{ec::EcKeyPair, ed::EdKeyPair, rsa::RsaKeyPair};
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::EcKeyRef,
    nid::Nid,
    pkey::{HasPublic, Id, PKey, Private, Public},
    x509::X509,
};
use serde_json::{Value, json};

/// The keys of a file, as JWKs.
pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Vec<Value>> {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(mut members)) => match members.remove("keys") {
            Some(Value::Array(keys)) => Ok(keys),
            _ => Ok(vec![Value::Object(members)]),
        },
        Ok(_) => bail!("JSON, but neither a key nor a key set"),
        Err(_) => Ok(vec![encoded(bytes)?]),
    }
}

/// PEM or DER: a private key, a public key, or a certificate.
fn encoded(bytes: &[u8]) -> anyhow::Result<Value> {
    let private = PKey::private_key_from_pem_callback(bytes, |_| Ok(0)).or_else(|_| PKey::private_key_from_der(bytes));
    if let Ok(key) = private {
        return of_private(&key);
    }
    let public = PKey::public_key_from_pem(bytes).or_else(|_| PKey::public_key_from_der(bytes));
    if let Ok(key) = public {
        return of_public(&key);
    }
    let certificate = X509::from_pem(bytes).or_else(|_| X509::from_der(bytes));
    of_public(&certificate.context("it is neither JSON, nor PEM, nor DER")?.public_key()?)
}

fn of_private(key: &PKey<Private>) -> anyhow::Result<Value> {
    let der = key.private_key_to_pkcs8()?;
    let jwk = match key.id() {
        Id::RSA => RsaKeyPair::from_der(&der)?.to_jwk_key_pair(),
        Id::EC => EcKeyPair::from_der(&der, None)?.to_jwk_key_pair(),
        Id::ED25519 => EdKeyPair::from_der(&der)?.to_jwk_key_pair(),
        other => bail!("keys of the kind {other:?} are not known"),
    };
    Ok(Value::Object(jwk.as_ref().clone()))
}

fn of_public(key: &PKey<Public>) -> anyhow::Result<Value> {
    Ok(match key.id() {
        Id::RSA => {
            let rsa = key.rsa()?;
            json!({ "kty": "RSA", "n": number(rsa.n()), "e": number(rsa.e()) })
        }
        Id::EC => point(&*key.ec_key()?)?,
        Id::ED25519 => {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.raw_public_key()?) })
        }
        other => bail!("keys of the kind {other:?} are not known"),
    })
}

fn number(number: &openssl::bn::BigNumRef) -> String {
    URL_SAFE_NO_PAD.encode(number.to_vec())
}

fn point<T: HasPublic>(key: &EcKeyRef<T>) -> anyhow::Result<Value> {
    let (curve, size) = match key.group().curve_name() {
        Some(Nid::X9_62_PRIME256V1) => ("P-256", 32),
        Some(Nid::SECP384R1) => ("P-384", 48),
        Some(Nid::SECP521R1) => ("P-521", 66),
        _ => bail!("the curve of the key is not known"),
    };
    let (mut x, mut y, mut context) = (BigNum::new()?, BigNum::new()?, BigNumContext::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    let padded = |number: &BigNum| number.to_vec_padded(size).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Ok(json!({ "kty": "EC", "crv": curve, "x": padded(&x)?, "y": padded(&y)? }))
}

#[cfg(test)]
mod tests;
