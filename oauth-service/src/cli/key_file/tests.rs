use josekit::jwk::{Jwk, alg::ec::EcCurve};
use openssl::{ec::EcGroup, ec::EcKey, rsa::Rsa};

use super::*;

/// The same key in every coding, private and public.
fn codings(key: &PKey<Private>) -> [Vec<u8>; 4] {
    [
        key.private_key_to_pem_pkcs8().unwrap(),
        key.private_key_to_pkcs8().unwrap(),
        key.public_key_to_pem().unwrap(),
        key.public_key_to_der().unwrap(),
    ]
}

#[test]
fn keys_of_every_kind_are_read() {
    let p256 = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let p521 = EcGroup::from_curve_name(Nid::SECP521R1).unwrap();
    let keys = [
        (PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap(), "RSA", "n"),
        (PKey::from_ec_key(EcKey::generate(&p256).unwrap()).unwrap(), "EC", "x"),
        (PKey::from_ec_key(EcKey::generate(&p521).unwrap()).unwrap(), "EC", "y"),
        (PKey::generate_ed25519().unwrap(), "OKP", "x"),
    ];
    for (key, kind, member) in keys {
        let read = codings(&key).map(|bytes| read(&bytes).unwrap().remove(0));
        for (place, jwk) in read.iter().enumerate() {
            assert_eq!((&jwk["kty"], jwk.get("d").is_some()), (&json!(kind), place < 2), "{jwk}");
            assert_eq!(jwk[member], read[0][member], "{kind}: the same key in every coding");
            Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap();
        }
    }
}

#[test]
fn json_is_one_key_or_a_set_of_them() {
    let key = Jwk::generate_ec_key(EcCurve::P256).unwrap();
    let one = read(key.to_string().as_bytes()).unwrap();
    let set = read(format!("{{\"keys\":[{key},{key}]}}").as_bytes()).unwrap();
    assert_eq!((one.len(), set.len(), &set[1]), (1, 2, &one[0]));
    for nothing in ["[]", "5", "text", ""] {
        assert!(read(nothing.as_bytes()).is_err(), "{nothing}");
    }
}
