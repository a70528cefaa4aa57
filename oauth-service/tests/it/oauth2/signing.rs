//! Keys of the tests' clients, and what they sign with them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::{Jwk, alg::ec::EcCurve, alg::ec::EcKeyPair, alg::rsa::RsaKeyPair},
    jws::{ES256, JwsSigner, PS256, RS256},
};
use serde_json::{Value, json};

/// A key pair of a client.
pub(crate) struct ClientKey {
    alg: &'static str,
    pair: Jwk,
    public: Jwk,
}

impl ClientKey {
    pub(crate) fn es256(kid: &str) -> Self {
        let pair = EcKeyPair::generate(EcCurve::P256).unwrap();
        Self::new("ES256", kid, pair.to_jwk_key_pair(), pair.to_jwk_public_key())
    }

    pub(crate) fn rs256(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(2048).unwrap();
        Self::new("RS256", kid, pair.to_jwk_key_pair(), pair.to_jwk_public_key())
    }

    pub(crate) fn ps256(kid: &str) -> Self {
        Self { alg: "PS256", ..Self::rs256(kid) }
    }

    fn new(alg: &'static str, kid: &str, pair: Jwk, mut public: Jwk) -> Self {
        public.set_key_id(kid);
        Self { alg, pair, public }
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        Value::Object(self.public.as_ref().clone())
    }

    /// A `jwks` with this key alone.
    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": [self.jwk()]})
    }

    /// A JWT by this key, its `kid` and `alg` in the header unless `header` says otherwise.
    #[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
    pub(crate) fn sign(&self, header: Value, claims: &Value) -> String {
        let mut head = json!({"alg": self.alg, "kid": self.public.key_id()});
        for (name, value) in header.as_object().unwrap() {
            head[name] = value.clone();
        }
        let message =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signer: Box<dyn JwsSigner> = match self.alg {
            "ES256" => Box::new(ES256.signer_from_jwk(&self.pair).unwrap()),
            "PS256" => Box::new(PS256.signer_from_jwk(&self.pair).unwrap()),
            _ => Box::new(RS256.signer_from_jwk(&self.pair).unwrap()),
        };
        let signature = signer.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// An assertion of `client_id`, good for a minute from `now`, with claims laid over; `null` removes one.
    #[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
    pub(crate) fn assertion(&self, client_id: &str, now: i64, changes: Value) -> String {
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": super::auth::world::ISSUER, "iat": now, "exp": now + 60,
            "jti": format!("jti-{}", random()),
        });
        lay(&mut claims, &changes);
        self.sign(json!({}), &claims)
    }

    /// A `DPoP` proof for a request, with claims laid over.
    #[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
    pub(crate) fn proof(&self, method: &str, path: &str, now: i64, changes: Value) -> String {
        let mut claims = json!({
            "htm": method, "htu": format!("{}{path}", super::auth::world::ISSUER), "iat": now, "jti": format!("jti-{}", random()),
        });
        lay(&mut claims, &changes);
        self.sign(json!({"typ": "dpop+jwt", "jwk": self.jwk(), "kid": null}), &claims)
    }
}

/// The hash a proof holds of the access token beside it.
pub(crate) fn ath(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(token.as_bytes()))
}

fn lay(claims: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
}

fn random() -> String {
    let mut bytes = [0; 16];
    openssl::rand::rand_bytes(&mut bytes).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}
