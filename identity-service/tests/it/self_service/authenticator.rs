//! An authenticator in software, and the browser around it: makes keys, answers questions, and cheats when asked to.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    sha::sha256,
    sign::Signer,
};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use super::world::node;

/// The domain of the keys, and the page they are used at.
pub(crate) const DOMAIN: &str = "id.example.org";
pub(crate) const ORIGIN: &str = "https://id.example.org";

/// One authenticator with its keys.
#[derive(Clone)]
pub(crate) struct Authenticator {
    /// Where its browser is.
    pub(crate) origin: String,
    /// Whether it knows its owner by a gesture or a PIN.
    pub(crate) verifies: bool,
    /// Whether it counts; synchronised ones do not.
    pub(crate) counts: bool,
    pub(crate) keys: Vec<Made>,
}

/// One key.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) id: Vec<u8>,
    domain: String,
    pub(crate) user_handle: Vec<u8>,
    key: EcKey<Private>,
    pub(crate) count: u32,
}

impl Made {
    /// The public half, as it is stored.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        cose(&self.key)
    }
}

impl Authenticator {
    pub(crate) fn new() -> Self {
        Self { origin: ORIGIN.to_owned(), verifies: true, counts: true, keys: Vec::new() }
    }

    /// Makes a key in another program's name, which nobody here has asked for.
    pub(crate) fn make_for(&mut self, user_handle: &[u8]) {
        self.create(&json!({"publicKey": {
            "rp": {"id": DOMAIN}, "user": {"id": encoded(user_handle)}, "challenge": "AAAA",
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        }}));
    }

    /// Makes a key, and answers as browsers do.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let wish = &options["publicKey"];
        let domain = wish["rp"]["id"].as_str().expect("a domain").to_owned();
        assert!(wish["pubKeyCredParams"].as_array().unwrap().iter().any(|kind| kind["alg"] == -7), "{wish}");
        let known = wish["excludeCredentials"].as_array().into_iter().flatten();
        let known: Vec<Vec<u8>> = known.map(|entry| bytes(&entry["id"])).collect();
        assert!(!self.keys.iter().any(|own| known.contains(&own.id)), "this one has a key already");
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let mut id = [0; 32];
        openssl::rand::rand_bytes(&mut id).unwrap();
        let made = Made { id: id.to_vec(), domain, user_handle: bytes(&wish["user"]["id"]), key, count: 0 };
        let data = self.registration_data(&made);
        let client_data = self.client_data("webauthn.create", &wish["challenge"]);
        let text = |text: &str| Cbor::Text(text.to_owned());
        let object = Cbor::Map(
            [
                (text("fmt"), text("none")),
                (text("attStmt"), Cbor::Map(std::collections::BTreeMap::new())),
                (text("authData"), Cbor::Bytes(data)),
            ]
            .into(),
        );
        let answer = json!({
            "id": encoded(&made.id), "rawId": encoded(&made.id), "type": "public-key",
            "response": {
                "attestationObject": encoded(&serde_cbor_2::to_vec(&object).unwrap()),
                "clientDataJSON": encoded(&client_data),
                "transports": ["internal", "hybrid"],
            },
        });
        self.keys.push(made);
        answer
    }

    /// Answers a question by the first key that may.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        let wish = &options["publicKey"];
        let allowed: Vec<Vec<u8>> =
            wish["allowCredentials"].as_array().expect("a list").iter().map(|entry| bytes(&entry["id"])).collect();
        let domain = wish["rpId"].as_str().expect("a domain");
        let at = self
            .keys
            .iter()
            .position(|key| key.domain == domain && (allowed.is_empty() || allowed.contains(&key.id)))
            .expect("a key that may answer");
        if self.counts {
            self.keys[at].count += 1;
        }
        let made = &self.keys[at];
        let mut data = sha256(made.domain.as_bytes()).to_vec();
        data.push(self.flags());
        data.extend(made.count.to_be_bytes());
        let client_data = self.client_data("webauthn.get", &wish["challenge"]);
        let signed = [data.as_slice(), &sha256(&client_data)].concat();
        let key = PKey::from_ec_key(made.key.clone()).unwrap();
        let signature = Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(&signed).unwrap();
        json!({
            "id": encoded(&made.id), "rawId": encoded(&made.id), "type": "public-key",
            "response": {
                "authenticatorData": encoded(&data), "clientDataJSON": encoded(&client_data),
                "signature": encoded(&signature), "userHandle": encoded(&made.user_handle),
            },
        })
    }

    /// Its owner is there, and is known.
    fn flags(&self) -> u8 {
        0x01 | if self.verifies { 0x04 } else { 0 }
    }

    fn registration_data(&self, made: &Made) -> Vec<u8> {
        let mut data = sha256(made.domain.as_bytes()).to_vec();
        data.push(self.flags() | 0x40);
        data.extend(made.count.to_be_bytes());
        data.extend(data_encoding::HEXLOWER.decode(b"d548826e79b4db40a3d811116f7e8349").unwrap());
        data.extend(u16::try_from(made.id.len()).unwrap().to_be_bytes());
        data.extend(&made.id);
        data.extend(cose(&made.key));
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }
}

/// The public key (RFC 9052).
fn cose(key: &EcKey<Private>) -> Vec<u8> {
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut scratch = BigNumContext::new().unwrap();
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut scratch).unwrap();
    let number = |number: i128| Cbor::Integer(number);
    let part = |value: &BigNum| Cbor::Bytes(value.to_vec_padded(32).unwrap());
    let map = [
        (number(1), number(2)),
        (number(3), number(-7)),
        (number(-1), number(1)),
        (number(-2), part(&x)),
        (number(-3), part(&y)),
    ];
    serde_cbor_2::to_vec(&Cbor::Map(map.into())).unwrap()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("base64url without padding")).expect("base64url without padding")
}

/// The JSON a node holds as its value.
pub(crate) fn options(flow: &Value, name: &str) -> Value {
    let text = node(flow, name)["attributes"]["value"].as_str().unwrap_or_else(|| panic!("no {name} in {flow}"));
    serde_json::from_str(text).unwrap()
}
