//! Keys of clients: what they sign with them, how they check what the server signed, and how they open what it encrypted.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwe::{self, ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweDecrypter, RSA_OAEP, RSA_OAEP_256},
    jwk::{
        Jwk,
        alg::{
            ec::{EcCurve, EcKeyPair},
            ed::{EdCurve, EdKeyPair},
            rsa::RsaKeyPair,
        },
    },
    jws::{ES256, ES384, ES512, EdDSA, JwsSigner, JwsVerifier, PS256, PS384, PS512, RS256, RS384, RS512},
};
use serde_json::{Value, json};
use shared_types::entropy::{SystemEntropy, random_alnum};

/// A key pair of a client's, for one algorithm.
pub(crate) struct ClientKey {
    pub(crate) alg: String,
    pair: Jwk,
    public: Jwk,
}

impl ClientKey {
    pub(crate) fn of(alg: &str, kid: &str) -> Self {
        let curve = |curve| {
            let pair = EcKeyPair::generate(curve).unwrap();
            (pair.to_jwk_key_pair(), pair.to_jwk_public_key())
        };
        let (pair, mut public) = match alg {
            "ES256" | "ECDH-ES" | "ECDH-ES+A128KW" | "ECDH-ES+A256KW" => curve(EcCurve::P256),
            "ES384" => curve(EcCurve::P384),
            "ES512" => curve(EcCurve::P521),
            "EdDSA" | "Ed25519" => {
                let pair = EdKeyPair::generate(EdCurve::Ed25519).unwrap();
                (pair.to_jwk_key_pair(), pair.to_jwk_public_key())
            }
            _ => {
                let pair = RsaKeyPair::generate(2048).unwrap();
                (pair.to_jwk_key_pair(), pair.to_jwk_public_key())
            }
        };
        public.set_key_id(kid);
        Self { alg: alg.to_owned(), pair, public }
    }

    pub(crate) fn es256() -> Self {
        Self::of("ES256", "k-1")
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        Value::Object(self.public.as_ref().clone())
    }

    /// Both halves, as only its owner has them.
    pub(crate) fn private_jwk(&self) -> Value {
        Value::Object(self.pair.as_ref().clone())
    }

    /// A key set of this key alone.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    /// The thumbprint of the key (RFC 7638).
    pub(crate) fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        assert_eq!(jwk["kty"], "EC", "the members of other keys are others");
        let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
        hash(&format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, text("crv"), text("x"), text("y")))
    }

    /// A JWT of these claims; `header` is laid over the algorithm and the key's id.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.signed(&self.alg, header, claims)
    }

    /// The same by another algorithm that suits the key.
    pub(crate) fn sign_as(&self, alg: &str, claims: &Value) -> String {
        self.signed(alg, &json!({}), claims)
    }

    fn signed(&self, alg: &str, header: &Value, claims: &Value) -> String {
        let head = lay(json!({ "alg": alg, "kid": self.public.key_id() }), header);
        let message = format!("{}.{}", encoded(&head), encoded(claims));
        let signature = signer(alg, &self.pair).sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What authenticates a client (RFC 7523 3), good for a minute.
    pub(crate) fn assertion(&self, client_id: &str, audience: &str, changes: &Value) -> String {
        let claims = assertion_claims(client_id, audience, now());
        self.sign(&json!({}), &lay(claims, changes))
    }

    /// A proof of possession for one request (RFC 9449 4.2).
    pub(crate) fn proof(&self, method: &str, url: &str, changes: &Value) -> String {
        let claims = json!({ "htm": method, "htu": url, "iat": now(), "jti": random() });
        self.sign(&json!({ "typ": "dpop+jwt", "jwk": self.jwk(), "kid": null }), &lay(claims, changes))
    }

    /// Opens what was encrypted for this key: its header and what is inside.
    pub(crate) fn open(&self, jwe: &str) -> (Value, String) {
        let decrypter: Box<dyn JweDecrypter> = match self.alg.as_str() {
            "RSA-OAEP" => Box::new(RSA_OAEP.decrypter_from_jwk(&self.pair).unwrap()),
            "RSA-OAEP-256" => Box::new(RSA_OAEP_256.decrypter_from_jwk(&self.pair).unwrap()),
            "ECDH-ES" => Box::new(ECDH_ES.decrypter_from_jwk(&self.pair).unwrap()),
            "ECDH-ES+A128KW" => Box::new(ECDH_ES_A128KW.decrypter_from_jwk(&self.pair).unwrap()),
            _ => Box::new(ECDH_ES_A256KW.decrypter_from_jwk(&self.pair).unwrap()),
        };
        let (inner, header) = jwe::deserialize_compact(jwe, decrypter.as_ref()).unwrap();
        (Value::Object(header.claims_set().clone()), String::from_utf8(inner).unwrap())
    }
}

/// What an assertion of a client says.
pub(crate) fn assertion_claims(client_id: &str, audience: &str, now: i64) -> Value {
    json!({
        "iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + 60, "jti": random(),
    })
}

fn signer(alg: &str, key: &Jwk) -> Box<dyn JwsSigner> {
    match alg {
        "RS256" => Box::new(RS256.signer_from_jwk(key).unwrap()),
        "RS384" => Box::new(RS384.signer_from_jwk(key).unwrap()),
        "RS512" => Box::new(RS512.signer_from_jwk(key).unwrap()),
        "PS256" => Box::new(PS256.signer_from_jwk(key).unwrap()),
        "PS384" => Box::new(PS384.signer_from_jwk(key).unwrap()),
        "PS512" => Box::new(PS512.signer_from_jwk(key).unwrap()),
        "ES256" => Box::new(ES256.signer_from_jwk(key).unwrap()),
        "ES384" => Box::new(ES384.signer_from_jwk(key).unwrap()),
        "ES512" => Box::new(ES512.signer_from_jwk(key).unwrap()),
        _ => Box::new(EdDSA.signer_from_jwk(key).unwrap()),
    }
}

fn verifier(alg: &str, key: &Jwk) -> Box<dyn JwsVerifier> {
    match alg {
        "RS256" => Box::new(RS256.verifier_from_jwk(key).unwrap()),
        "RS384" => Box::new(RS384.verifier_from_jwk(key).unwrap()),
        "RS512" => Box::new(RS512.verifier_from_jwk(key).unwrap()),
        "PS256" => Box::new(PS256.verifier_from_jwk(key).unwrap()),
        "PS384" => Box::new(PS384.verifier_from_jwk(key).unwrap()),
        "PS512" => Box::new(PS512.verifier_from_jwk(key).unwrap()),
        "ES256" => Box::new(ES256.verifier_from_jwk(key).unwrap()),
        "ES384" => Box::new(ES384.verifier_from_jwk(key).unwrap()),
        "ES512" => Box::new(ES512.verifier_from_jwk(key).unwrap()),
        _ => Box::new(EdDSA.verifier_from_jwk(key).unwrap()),
    }
}

/// Header and claims of a JWT, its signature checked with the key of this set that its `kid` names.
#[track_caller]
pub(crate) fn verified(jwt: &str, jwks: &Value) -> (Value, Value) {
    let (header, claims) = (part(jwt, 0), part(jwt, 1));
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]);
    let key = key.unwrap_or_else(|| panic!("no key for {header} in {jwks}"));
    let key = Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    verifier(header["alg"].as_str().unwrap(), &key).verify(message.as_bytes(), &signature).unwrap();
    (header, claims)
}

/// A part of a JWT, its signature not looked at.
#[track_caller]
pub(crate) fn part(jwt: &str, index: usize) -> Value {
    let part = jwt.split('.').nth(index).unwrap_or_else(|| panic!("not a JWT: {jwt}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// JSON as it stands in a JWT.
pub(crate) fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A hash as proofs and thumbprints have it.
pub(crate) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(text.as_bytes()))
}

/// The members of `changes` over those of `base`; `null` takes one away.
pub(crate) fn lay(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}

/// A text nobody has had before.
pub(crate) fn random() -> String {
    random_alnum(&SystemEntropy, 24)
}

/// The present, in seconds.
pub(crate) fn now() -> i64 {
    use shared_types::time::{Clock as _, SystemClock};
    SystemClock.now().timestamp()
}
