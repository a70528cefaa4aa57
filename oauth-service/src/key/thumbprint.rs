//! Names of public keys made from the keys themselves (RFC 7638, RFC 8037 2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::Jwk;
use openssl::{
    bn::BigNumContext,
    nid::Nid,
    pkey::{Id, PKeyRef, Public},
};
use serde_json::{Map, Value};

/// The SHA-256 thumbprint of a public JWK, in base64url. `None`: a member the key's type needs is missing.
pub(crate) fn of_jwk(jwk: &Jwk) -> Option<String> {
    // In the order RFC 7638 3.2 wants, which is that of the alphabet.
    let members: &[&str] = match jwk.key_type() {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let texts: Option<Vec<String>> =
        members.iter().map(|name| Some(format!("\"{name}\":{}", Value::String(text(jwk, name)?)))).collect();
    let canonical = format!("{{{}}}", texts?.join(","));
    Some(URL_SAFE_NO_PAD.encode(openssl::sha::sha256(canonical.as_bytes())))
}

fn text(jwk: &Jwk, name: &str) -> Option<String> {
    if name == "kty" {
        return Some(jwk.key_type().to_owned());
    }
    jwk.parameter(name).and_then(Value::as_str).map(str::to_owned)
}

/// The JWK of the public key a certificate holds. `None`: a kind of key this server does not check signatures with.
pub(crate) fn jwk_of(key: &PKeyRef<Public>) -> Option<Jwk> {
    let encoded = |bytes: Vec<u8>| Value::String(URL_SAFE_NO_PAD.encode(bytes));
    let named = |name: &str| Value::String(name.to_owned());
    let members: Vec<(&str, Value)> = match key.id() {
        Id::RSA => {
            let rsa = key.rsa().ok()?;
            vec![("kty", named("RSA")), ("n", encoded(rsa.n().to_vec())), ("e", encoded(rsa.e().to_vec()))]
        }
        Id::EC => {
            let ec = key.ec_key().ok()?;
            let (curve, size) = match ec.group().curve_name()? {
                Nid::X9_62_PRIME256V1 => ("P-256", 32),
                Nid::SECP384R1 => ("P-384", 48),
                Nid::SECP521R1 => ("P-521", 66),
                _ => return None,
            };
            let mut context = BigNumContext::new().ok()?;
            let (mut x, mut y) = (openssl::bn::BigNum::new().ok()?, openssl::bn::BigNum::new().ok()?);
            ec.public_key().affine_coordinates(ec.group(), &mut x, &mut y, &mut context).ok()?;
            let (x, y) = (x.to_vec_padded(size).ok()?, y.to_vec_padded(size).ok()?);
            vec![("kty", named("EC")), ("crv", named(curve)), ("x", encoded(x)), ("y", encoded(y))]
        }
        Id::ED25519 => {
            vec![("kty", named("OKP")), ("crv", named("Ed25519")), ("x", encoded(key.raw_public_key().ok()?))]
        }
        _ => return None,
    };
    let members: Map<String, Value> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Jwk::from_map(members).ok()
}

#[cfg(test)]
mod tests;
