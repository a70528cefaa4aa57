//! Signers and verifiers of the library, one for each algorithm. What a key may be used for is read from the key (`kty`, `crv`, `use`,
//! `key_ops`, `alg`), never from a token.

use josekit::{
    JoseError,
    jwk::{
        Jwk,
        alg::{
            ec::{EcCurve, EcKeyPair},
            ed::{EdCurve, EdKeyPair},
            rsa::RsaKeyPair,
        },
    },
    jws::{
        ES256, ES384, ES512, EdDSA, JwsSigner, JwsVerifier, PS256, PS384, PS512, RS256, RS384, RS512,
        alg::{ecdsa::EcdsaJwsAlgorithm, rsassa::RsassaJwsAlgorithm, rsassa_pss::RsassaPssJwsAlgorithm},
    },
};

use crate::protocol::alg::Alg;

/// The library's name of an algorithm.
enum Family {
    Rsa(RsassaJwsAlgorithm),
    RsaPss(RsassaPssJwsAlgorithm),
    Ec(EcdsaJwsAlgorithm),
    Ed,
}

const fn family(alg: Alg) -> Family {
    match alg {
        Alg::Rs256 => Family::Rsa(RS256),
        Alg::Rs384 => Family::Rsa(RS384),
        Alg::Rs512 => Family::Rsa(RS512),
        Alg::Ps256 => Family::RsaPss(PS256),
        Alg::Ps384 => Family::RsaPss(PS384),
        Alg::Ps512 => Family::RsaPss(PS512),
        Alg::Es256 => Family::Ec(ES256),
        Alg::Es384 => Family::Ec(ES384),
        Alg::Es512 => Family::Ec(ES512),
        Alg::EdDsa => Family::Ed,
    }
}

/// Makes a key pair; an RSA key takes a good part of a second. `rsa_bits` counts for RSA alone.
pub(crate) fn pair(alg: Alg, rsa_bits: u32, kid: &str) -> Result<Jwk, JoseError> {
    let mut jwk = match alg {
        Alg::Rs256 | Alg::Rs384 | Alg::Rs512 | Alg::Ps256 | Alg::Ps384 | Alg::Ps512 => {
            RsaKeyPair::generate(rsa_bits)?.to_jwk_key_pair()
        }
        Alg::Es256 => EcKeyPair::generate(EcCurve::P256)?.to_jwk_key_pair(),
        Alg::Es384 => EcKeyPair::generate(EcCurve::P384)?.to_jwk_key_pair(),
        Alg::Es512 => EcKeyPair::generate(EcCurve::P521)?.to_jwk_key_pair(),
        Alg::EdDsa => EdKeyPair::generate(EdCurve::Ed25519)?.to_jwk_key_pair(),
    };
    jwk.set_key_id(kid);
    jwk.set_algorithm(alg.as_str());
    jwk.set_key_use("sig");
    Ok(jwk)
}

/// The key by the one name the library knows its algorithm by (RFC 9864 2.2).
fn renamed(jwk: &Jwk) -> Jwk {
    let mut jwk = jwk.clone();
    if jwk.algorithm().and_then(Alg::parse) == Some(Alg::EdDsa) {
        jwk.set_algorithm(Alg::EdDsa.as_str());
    }
    jwk
}

/// What signs with a private key.
pub(crate) fn signer(alg: Alg, jwk: &Jwk) -> Result<Box<dyn JwsSigner>, JoseError> {
    Ok(match family(alg) {
        Family::Rsa(rsa) => Box::new(rsa.signer_from_jwk(jwk)?),
        Family::RsaPss(pss) => Box::new(pss.signer_from_jwk(jwk)?),
        Family::Ec(ec) => Box::new(ec.signer_from_jwk(jwk)?),
        Family::Ed => Box::new(EdDSA.signer_from_jwk(&renamed(jwk))?),
    })
}

/// What checks signatures of a public key. An error: the key is not one for this algorithm.
pub(crate) fn verifier(alg: Alg, jwk: &Jwk) -> Result<Box<dyn JwsVerifier>, JoseError> {
    Ok(match family(alg) {
        Family::Rsa(rsa) => Box::new(rsa.verifier_from_jwk(jwk)?),
        Family::RsaPss(pss) => Box::new(pss.verifier_from_jwk(jwk)?),
        Family::Ec(ec) => Box::new(ec.verifier_from_jwk(jwk)?),
        Family::Ed => Box::new(EdDSA.verifier_from_jwk(&renamed(jwk))?),
    })
}
