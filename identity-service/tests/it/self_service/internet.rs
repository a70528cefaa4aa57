//! An internet of the tests: one server with a certificate for every name, which answers as the providers do and keeps
//! what it was asked. The service goes to the providers' true addresses and ends here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::alg::{
        ec::{EcCurve, EcKeyPair},
        rsa::RsaKeyPair,
    },
    jws::{ES256, JwsSigner, RS256},
};
use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    ssl::{SslAcceptor, SslMethod},
    x509::{X509, X509NameBuilder, extension::SubjectAlternativeName},
};
use serde_json::{Map, Value, json};
use shared_types::http::client::HttpClient;

/// Our client at every provider.
pub(crate) const CLIENT: &str = "portico";

struct State {
    answers: HashMap<String, Value>,
    asked: Vec<Value>,
    rsa: RsaKeyPair,
    ec: EcKeyPair,
    nonce: Option<String>,
    now: i64,
}

/// The internet.
#[derive(Clone)]
pub(crate) struct Internet {
    state: Arc<Mutex<State>>,
    /// Leads there.
    pub(crate) client: HttpClient,
}

/// Headers that say who asks.
const TOLD: [&str; 4] = ["authorization", "origin", "x-acs-dingtalk-access-token", "x-amz-access-token"];

impl Internet {
    /// Starts one that is reached by these names.
    pub(crate) fn start(names: &[&str]) -> Self {
        let mut rsa = RsaKeyPair::generate(2048).unwrap();
        rsa.set_key_id(Some("r"));
        let mut ec = EcKeyPair::generate(EcCurve::P256).unwrap();
        ec.set_key_id(Some("e"));
        let state = State { answers: HashMap::new(), asked: Vec::new(), rsa, ec, nonce: None, now: 0 };
        let state = Arc::new(Mutex::new(state));
        let (certificate, key) = certificate(names);
        let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        tls.set_private_key(&key).unwrap();
        tls.set_certificate(&certificate).unwrap();
        let shared = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::to(answer)))
            .workers(1)
            .disable_signals()
            .bind_openssl("127.0.0.1:0", tls)
            .unwrap();
        let client = HttpClient::leading_to(server.addrs()[0], &certificate.to_pem().unwrap()).unwrap();
        tokio::spawn(server.run());
        Self { state, client }
    }

    /// What an address answers with from now on. An object named `id_token` is signed on its way; `status` is the status.
    pub(crate) fn answers(&self, address: &str, answer: Value) {
        self.state.lock().unwrap().answers.insert(address.to_owned(), answer);
    }

    /// What ID tokens hold from now on.
    pub(crate) fn signs(&self, nonce: Option<&str>, now: i64) {
        let mut state = self.state.lock().unwrap();
        state.nonce = nonce.map(str::to_owned);
        state.now = now;
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// A token with these claims beside the usual ones; what is null is left out.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.state.lock().unwrap().token(claims)
    }

    /// The public keys.
    pub(crate) fn keys(&self) -> Value {
        let state = self.state.lock().unwrap();
        json!({"keys": [state.rsa.to_jwk_public_key().as_ref(), state.ec.to_jwk_public_key().as_ref()]})
    }
}

impl State {
    fn token(&self, claims: &Value) -> String {
        let mut all =
            json!({"aud": CLIENT, "iat": self.now, "exp": self.now + 300, "nonce": self.nonce, "alg": "RS256"});
        crate::world::merge(&mut all, claims);
        let mut all: Map<String, Value> = all.as_object().unwrap().clone();
        all.retain(|_, value| !value.is_null());
        let alg = all.remove("alg").unwrap();
        let signer: Option<Box<dyn JwsSigner>> = match alg.as_str().unwrap() {
            "RS256" => Some(Box::new(RS256.signer_from_jwk(&self.rsa.to_jwk_key_pair()).unwrap())),
            "ES256" => Some(Box::new(ES256.signer_from_jwk(&self.ec.to_jwk_key_pair()).unwrap())),
            _ => None,
        };
        let header = json!({"alg": alg, "kid": if alg == "ES256" { "e" } else { "r" }});
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encoded(&header), encoded(&Value::Object(all)));
        let signature = signer.map(|signer| signer.sign(input.as_bytes()).unwrap()).unwrap_or_default();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn answer(state: web::Data<Mutex<State>>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let host = request.connection_info().host().to_owned();
    let mut asked = json!({"ask": format!("{} https://{host}{}", request.method(), request.uri())});
    for name in TOLD {
        if let Some(value) = request.headers().get(name) {
            asked[name] = json!(value.to_str().unwrap());
        }
    }
    if !body.is_empty() {
        asked["body"] = serde_json::from_slice(&body).unwrap_or_else(|_| {
            let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap();
            Value::Object(pairs.into_iter().map(|(name, value)| (name, json!(value))).collect())
        });
    }
    let mut state = state.lock().unwrap();
    state.asked.push(asked);
    let Some(mut answer) = state.answers.get(&format!("{host}{}", request.path())).cloned() else {
        return HttpResponse::NotFound().json(json!({"error": "nobody lives here"}));
    };
    let basic = request.headers().contains_key("authorization");
    if answer["only_by_body"] == true && basic {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    if answer["id_token"].is_object() {
        answer["id_token"] = json!(state.token(&answer["id_token"]));
    }
    let status = answer.get("status").and_then(Value::as_u64).unwrap_or(200);
    HttpResponse::build(u16::try_from(status).unwrap().try_into().unwrap()).json(answer)
}

fn certificate(names: &[&str]) -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "the internet of the tests").unwrap();
    let name = name.build();
    let mut all = SubjectAlternativeName::new();
    for one in names {
        all.dns(one);
    }
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    let extension = all.build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(extension).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}
