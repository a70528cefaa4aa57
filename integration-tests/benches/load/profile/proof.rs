//! Clients that sign: `DPoP` proofs and assertions, a new one for every request; beside them pushed requests and exchanged tokens.

use std::rc::Rc;

use anyhow::Context as _;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use josekit::{
    jwk::alg::ec::{EcCurve, EcKeyPair},
    jws::{ES256, JwsSigner as _, alg::ecdsa::EcdsaJwsSigner},
};
use serde_json::{Value, json};
use shared_types::time::{Clock as _, SystemClock};

use super::{lookup::Repeat, token};
use crate::{
    closed_loop::Worker,
    http::{Connection, request},
    system::System,
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

struct Key {
    signer: EcdsaJwsSigner,
    public: Value,
}

impl Key {
    fn generate() -> anyhow::Result<Self> {
        let pair = EcKeyPair::generate(EcCurve::P256)?;
        let public = Value::Object(pair.to_jwk_public_key().into());
        Ok(Self { signer: ES256.signer_from_jwk(&pair.to_jwk_key_pair())?, public })
    }

    fn sign(&self, header: &Value, claims: &Value) -> anyhow::Result<String> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.signer.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// How a worker proves itself.
enum Proof {
    /// `DPoP`, beside a client secret.
    Possession { basic: String },
    /// `private_key_jwt`.
    Assertion { client_id: String },
}

/// Client credentials with something signed in each request.
pub(crate) struct Signing {
    connection: Connection,
    url: String,
    key: Rc<Key>,
    proof: Proof,
    number: usize,
    turns: usize,
}

impl Worker for Signing {
    async fn turn(&mut self) -> anyhow::Result<()> {
        self.turns += 1;
        let now = SystemClock.now().timestamp();
        let jti = format!("{}-{}-{now}", self.number, self.turns);
        let bytes = match &self.proof {
            Proof::Possession { basic } => {
                let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.public });
                let claims = json!({ "jti": jti, "htm": "POST", "htu": self.url, "iat": now });
                let proof = self.key.sign(&header, &claims)?;
                let headers = [FORM, ("authorization", basic), ("dpop", proof.as_str())];
                request("POST", &self.url, &headers, "grant_type=client_credentials&scope=read")
            }
            Proof::Assertion { client_id } => {
                let claims = json!({
                    "iss": client_id, "sub": client_id, "aud": self.url, "jti": jti, "iat": now, "exp": now + 60,
                });
                let assertion = self.key.sign(&json!({ "alg": "ES256" }), &claims)?;
                let body = format!(
                    "grant_type=client_credentials&scope=read&client_assertion_type={ASSERTION}&client_assertion={assertion}"
                );
                request("POST", &self.url, &[FORM], &body)
            }
        };
        let answer = self.connection.exchange(&bytes).await?.expect(200)?.json()?;
        anyhow::ensure!(answer["access_token"].is_string(), "no access token in {answer}");
        Ok(())
    }
}

/// Tokens bound to a key (RFC 9449).
pub(crate) async fn possession(system: &System, connections: usize) -> anyhow::Result<Vec<Signing>> {
    let basic = confidential(system, json!({ "grant_types": ["client_credentials"] })).await?;
    Ok(signing(system, connections, Key::generate()?, || Proof::Possession { basic: basic.clone() }))
}

/// Clients that authenticate by what they sign (RFC 7523).
pub(crate) async fn assertion(system: &System, connections: usize) -> anyhow::Result<Vec<Signing>> {
    let key = Key::generate()?;
    let client = json!({
        "grant_types": ["client_credentials"], "scope": "read", "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [key.public] },
    });
    let client = system.client(client).await?;
    let client_id = client["client_id"].as_str().context("no client_id")?.to_owned();
    Ok(signing(system, connections, key, || Proof::Assertion { client_id: client_id.clone() }))
}

fn signing(system: &System, connections: usize, key: Key, proof: impl Fn() -> Proof) -> Vec<Signing> {
    let (key, url) = (Rc::new(key), format!("{}/oauth2/token", system.at.oauth_public));
    let worker = |number| Signing {
        connection: Connection::to(&url),
        url: url.clone(),
        key: Rc::clone(&key),
        proof: proof(),
        number,
        turns: 0,
    };
    (0..connections).map(worker).collect()
}

/// `POST /oauth2/par` (RFC 9126).
pub(crate) async fn pushed(system: &System, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    let callback = "http://127.0.0.1:5555/callback";
    let basic = confidential(system, json!({ "redirect_uris": [callback], "response_types": ["code"] })).await?;
    let url = format!("{}/oauth2/par", system.at.oauth_public);
    let body = format!(
        "response_type=code&scope=read&state=a-state-of-length&redirect_uri={callback}\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
    let bytes = request("POST", &url, &[FORM, ("authorization", &basic)], &body);
    Ok((0..connections).map(|_| Repeat::new(&url, bytes.clone(), "\"request_uri\"").answered(201)).collect())
}

/// One token turned into another (RFC 8693).
pub(crate) async fn exchange(system: &System, connections: usize) -> anyhow::Result<Vec<Repeat>> {
    let basic = confidential(system, json!({ "grant_types": ["client_credentials", EXCHANGE] })).await?;
    let url = format!("{}/oauth2/token", system.at.oauth_public);
    let headers = [FORM, ("authorization", basic.as_str())];
    let own = request("POST", &url, &headers, "grant_type=client_credentials&scope=read");
    let subject = token::access_token(&mut [Repeat::new(&url, own, "\"access_token\"")]).await?;
    let body = format!("grant_type={EXCHANGE}&subject_token={subject}&subject_token_type={ACCESS_TOKEN}");
    let bytes = request("POST", &url, &headers, &body);
    Ok((0..connections).map(|_| Repeat::new(&url, bytes.clone(), "\"issued_token_type\"")).collect())
}

/// A client with a secret; its `Authorization` header.
async fn confidential(system: &System, mut fields: Value) -> anyhow::Result<String> {
    fields["scope"] = json!("read write");
    fields["token_endpoint_auth_method"] = json!("client_secret_basic");
    let client = system.client(fields).await?;
    let text = |name: &str| client[name].as_str().with_context(|| format!("no {name} in {client}"));
    Ok(format!("Basic {}", STANDARD.encode(format!("{}:{}", text("client_id")?, text("client_secret")?))))
}
