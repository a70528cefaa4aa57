//! What an attacker can make of a JWT's claims without the key it should be signed with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use serde_json::{Value, json};

use super::super::{
    keys::{ClientKey, encoded},
    site::Site,
};

/// Where a forged header leads a server that follows it: keys of the attacker, if it ever asks.
pub(super) struct Lair {
    pub(super) site: Site,
    pub(super) key: ClientKey,
}

impl Lair {
    pub(super) fn new(alg: &str) -> anyhow::Result<Self> {
        let (site, key) = (Site::start()?, ClientKey::of(alg, "k-1"));
        site.put("/jwks", &key.jwks().to_string());
        Ok(Self { site, key })
    }

    /// Every forgery of a token with these claims: what was tried, and the token. `victim` is the public key that should have
    /// made the signature, `typ` what the header says it is.
    pub(super) fn all(&self, victim: &Value, typ: &Value, claims: &Value) -> Vec<(String, String)> {
        let kid = &victim["kid"];
        let mut forged = Vec::new();
        // RFC 8725 3.2 and RFC 9700 2.5 with RFC 7523: no algorithm at all.
        for alg in ["none", "None", "NONE", "nOnE", ""] {
            let header = json!({ "alg": alg, "kid": kid, "typ": typ });
            let message = format!("{}.{}", encoded(&header), encoded(claims));
            forged.push((format!("alg {alg:?}"), format!("{message}.")));
            forged
                .push((format!("alg {alg:?} with a signature"), format!("{message}.{}", URL_SAFE_NO_PAD.encode("x"))));
        }
        // RFC 8725 2.1: a public key taken for a secret.
        for (name, secret) in secrets(victim) {
            forged.push((
                format!("HS256 by {name}"),
                hmac(&json!({ "alg": "HS256", "kid": kid, "typ": typ }), claims, &secret),
            ));
        }
        // RFC 7515 4.1.2 to 4.1.8: keys and places of keys that the token itself names.
        let lead = |path: &str| json!(self.site.url(path));
        let headers = [
            ("the attacker's key under the right kid", json!({ "kid": kid })),
            ("no kid", json!({ "kid": null })),
            ("jwk", json!({ "kid": kid, "jwk": self.key.jwk() })),
            ("jku", json!({ "kid": kid, "jku": lead("/jwks") })),
            ("x5u", json!({ "kid": kid, "x5u": lead("/chain") })),
            ("x5c", json!({ "kid": kid, "x5c": ["MIIB"] })),
            ("kid as a path", json!({ "kid": "../../../../dev/null" })),
            ("kid as an address", json!({ "kid": lead("/jwks") })),
            ("kid as SQL", json!({ "kid": "x' OR '1'='1" })),
            ("kid as a list", json!({ "kid": [kid] })),
            ("crit", json!({ "kid": kid, "crit": ["exp"] })),
            ("b64", json!({ "kid": kid, "b64": false, "crit": ["b64"] })),
        ];
        for (name, header) in headers {
            let header = super::super::keys::lay(header, &json!({ "typ": typ }));
            forged.push((name.to_owned(), self.key.sign(&header, claims)));
        }
        // CVE-2022-21449: a signature of nothing but zeros.
        let message = format!("{}.{}", encoded(&json!({ "alg": "ES256", "kid": kid, "typ": typ })), encoded(claims));
        forged.push(("zeros".to_owned(), format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64]))));
        forged
    }

    /// Nobody has followed a forged header here.
    #[track_caller]
    pub(super) fn assert_unvisited(&self) {
        assert_eq!(self.site.visits(), 0, "{:?}", self.site.asked());
    }
}

/// Texts of a public key that an attacker has too.
fn secrets(victim: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let mut secrets = vec![
        ("nothing", Vec::new()),
        ("its JWK", victim.to_string().into_bytes()),
        ("its id", victim["kid"].as_str().unwrap_or_default().as_bytes().to_vec()),
    ];
    for member in ["n", "x"] {
        if let Some(text) = victim[member].as_str() {
            secrets.push(("a member of it", text.as_bytes().to_vec()));
            secrets.push(("a member of it, decoded", URL_SAFE_NO_PAD.decode(text).unwrap()));
        }
    }
    if let Some(key) = rsa(victim) {
        let pem = key.public_key_to_pem().unwrap();
        let trimmed = String::from_utf8(pem.clone()).unwrap().trim_end().as_bytes().to_vec();
        secrets.push(("its PEM", pem));
        secrets.push(("its PEM without the last line break", trimmed));
        secrets.push(("its DER", key.public_key_to_der().unwrap()));
    }
    secrets
}

fn rsa(jwk: &Value) -> Option<PKey<openssl::pkey::Public>> {
    use openssl::{bn::BigNum, rsa::Rsa};
    let number = |name: &str| BigNum::from_slice(&URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok()?).ok();
    PKey::from_rsa(Rsa::from_public_components(number("n")?, number("e")?).ok()?).ok()
}

fn hmac(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    // OpenSSL takes no empty key; HMAC pads with zeros, so a single one is the same key.
    let secret = if secret.is_empty() { &[0][..] } else { secret };
    let key = PKey::hmac(secret).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.update(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signer.sign_to_vec().unwrap()))
}
