use josekit::jwk::alg::{ec::EcCurve, ec::EcKeyPair, ed::EdCurve, ed::EdKeyPair, rsa::RsaKeyPair};
use openssl::pkey::PKey;
use serde_json::json;

use super::*;

#[test]
fn the_example_of_the_rfc() {
    // RFC 7638 3.1.
    let jwk = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"
    });
    let jwk = Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap();
    assert_eq!(of_jwk(&jwk).as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
}

#[test]
fn a_certificates_key_has_the_thumbprint_of_its_jwk() {
    let pairs: [(Vec<u8>, Jwk); 4] = [
        RsaKeyPair::generate(2048).map(|p| (p.to_der_public_key(), p.to_jwk_public_key())).unwrap(),
        EcKeyPair::generate(EcCurve::P256).map(|p| (p.to_der_public_key(), p.to_jwk_public_key())).unwrap(),
        EcKeyPair::generate(EcCurve::P521).map(|p| (p.to_der_public_key(), p.to_jwk_public_key())).unwrap(),
        EdKeyPair::generate(EdCurve::Ed25519).map(|p| (p.to_der_public_key(), p.to_jwk_public_key())).unwrap(),
    ];
    for (der, jwk) in pairs {
        let key = PKey::public_key_from_der(&der).unwrap();
        assert_eq!(of_jwk(&jwk_of(&key).unwrap()), of_jwk(&jwk));
        assert!(of_jwk(&jwk).is_some());
    }
}
