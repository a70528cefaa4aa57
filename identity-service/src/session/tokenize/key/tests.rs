use josekit::jwk::{
    Jwk,
    alg::{
        ec::{EcCurve, EcKeyPair},
        ed::{EdCurve, EdKeyPair},
        rsa::RsaKeyPair,
    },
};
use openssl::{
    bn::BigNum,
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    memcmp,
    pkey::{PKey, Public},
    rsa::Padding,
    sign::{RsaPssSaltlen, Signer, Verifier},
};

use super::*;

fn keyed(mut jwk: Jwk, alg: &str) -> Jwk {
    jwk.set_algorithm(alg);
    jwk.set_key_id("k1");
    jwk
}

fn digest(alg: &str) -> MessageDigest {
    match alg.get(2..) {
        Some("256") => MessageDigest::sha256(),
        Some("384") => MessageDigest::sha384(),
        _ => MessageDigest::sha512(),
    }
}

/// Signs with a key, and gives what was signed and the signature.
fn signed(jwk: &Jwk) -> (String, Vec<u8>) {
    let set = json!({"keys": [jwk.as_ref()]}).to_string();
    let claims = json!({"sub": "ada"}).as_object().unwrap().clone();
    let token = read("k.json", &set).unwrap().sign(&claims).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let part = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    assert_eq!(part(header), json!({"alg": jwk.algorithm(), "kid": "k1", "typ": "JWT"}));
    assert_eq!(part(payload), json!({"sub": "ada"}));
    (message.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
}

fn public(pem: &[u8]) -> PKey<Public> {
    PKey::public_key_from_pem(pem).unwrap()
}

/// Whether OpenSSL itself takes the signature (RFC 7518 3).
fn is_good(alg: &str, key: &PKey<Public>, message: &str, signature: &[u8]) -> bool {
    if alg == "EdDSA" {
        let mut verifier = Verifier::new_without_digest(key).unwrap();
        return verifier.verify_oneshot(signature, message.as_bytes()).unwrap();
    }
    let mut verifier = Verifier::new(digest(alg), key).unwrap();
    if alg.starts_with("PS") {
        verifier.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
    }
    let der = alg.starts_with("ES").then(|| {
        let (r, s) = signature.split_at(signature.len() / 2);
        let number = |bytes| BigNum::from_slice(bytes).unwrap();
        EcdsaSig::from_private_components(number(r), number(s)).unwrap().to_der().unwrap()
    });
    verifier.update(message.as_bytes()).unwrap();
    verifier.verify(der.as_deref().unwrap_or(signature)).unwrap()
}

fn assert_signs(jwk: &Jwk, public_pem: &[u8]) {
    let alg = jwk.algorithm().unwrap();
    let (message, signature) = signed(jwk);
    assert!(is_good(alg, &public(public_pem), &message, &signature), "{alg}");
    assert!(!is_good(alg, &public(public_pem), &format!("{message}x"), &signature), "{alg}");
}

#[test]
fn rsa_keys_sign() {
    let pair = RsaKeyPair::generate(2048).unwrap();
    for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        assert_signs(&keyed(pair.to_jwk_key_pair(), alg), &pair.to_pem_public_key());
    }
}

#[test]
fn elliptic_keys_sign() {
    for (alg, curve) in [("ES256", EcCurve::P256), ("ES384", EcCurve::P384), ("ES512", EcCurve::P521)] {
        let pair = EcKeyPair::generate(curve).unwrap();
        assert_signs(&keyed(pair.to_jwk_key_pair(), alg), &pair.to_pem_public_key());
    }
    let pair = EdKeyPair::generate(EdCurve::Ed25519).unwrap();
    assert_signs(&keyed(pair.to_jwk_key_pair(), "EdDSA"), &pair.to_pem_public_key());
}

#[test]
fn shared_secrets_sign() {
    for alg in ["HS256", "HS384", "HS512"] {
        let secret = [7; 64];
        let mut jwk = keyed(Jwk::new("oct"), alg);
        jwk.set_key_value(secret);
        let (message, signature) = signed(&jwk);
        let key = PKey::hmac(&secret).unwrap();
        let mac = Signer::new(digest(alg), &key).unwrap().sign_oneshot_to_vec(message.as_bytes()).unwrap();
        assert!(memcmp::eq(&mac, &signature), "{alg}");
    }
}

#[test]
fn the_first_key_of_a_set_counts_and_a_single_one_will_do() {
    let of = |kid: &str| {
        let mut jwk = keyed(EcKeyPair::generate(EcCurve::P256).unwrap().to_jwk_key_pair(), "ES256");
        jwk.set_key_id(kid);
        jwk
    };
    let (first, second) = (of("first"), of("second"));
    let set = json!({"keys": [first.as_ref(), second.as_ref()]}).to_string();
    assert_eq!(read("k.json", &set).unwrap().kid, "first");
    assert_eq!(read("k.json", &second.to_string()).unwrap().kid, "second");
}

#[test]
fn what_does_not_sign_is_told_without_the_key() {
    let private = EcKeyPair::generate(EcCurve::P256).unwrap().to_jwk_key_pair();
    let with = |alg: &str| keyed(private.clone(), alg).as_ref().clone();
    let without = |member: &str| {
        let mut key = with("ES256");
        key.remove(member);
        key
    };
    let secret = private.parameter("d").unwrap().as_str().unwrap();
    for (text, why) in [
        ("{".to_owned(), "is not JSON, at line 1"),
        ("[]".to_owned(), "no key in it"),
        (json!({"keys": []}).to_string(), "no key in it"),
        (json!({"keys": {}}).to_string(), "must be a list"),
        (json!({"keys": ["x"]}).to_string(), "no key in it"),
        (json!({"keys": [without("alg")]}).to_string(), "no \"alg\""),
        (json!({"keys": [without("kid")]}).to_string(), "no \"kid\""),
        (json!({"keys": [without("d")]}).to_string(), "no private key for ES256"),
        (json!({"keys": [with("ES384")]}).to_string(), "no private key for ES384"),
        (json!({"keys": [with("RS256")]}).to_string(), "no private key for RS256"),
        (json!({"keys": [with("none")]}).to_string(), "\"none\" is no algorithm"),
        (json!({"keys": [with("ES257")]}).to_string(), "\"ES257\" is no algorithm"),
    ] {
        let Err(said) = read("k.json", &text) else { panic!("{why}") };
        assert!(said.starts_with("k.json: ") && said.contains(why), "{why}: {said}");
        assert!(!said.contains(secret), "{said}");
    }
}
