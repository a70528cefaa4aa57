//! Over HTTP, against an issuer made for the purpose.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use p256::{SecretKey, pkcs8::EncodePrivateKey as _};
use serde_json::{Value, json};

use super::{keys::Keys, routes, token::Verifier};

const ISSUER: &str = "http://issuer.test/";
const AUDIENCE: &str = "https://api.partner.example/";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_slice(&[seed; 32]).expect("a key")
}

/// Serves the public half of key 7 to whoever asks; where, and how often that was.
fn issuer() -> (String, Arc<AtomicUsize>) {
    let mut jwk: Value = serde_json::from_str(&key(7).public_key().to_jwk_string()).expect("a JWK");
    jwk["kid"] = json!("k");
    jwk["alg"] = json!("ES256");
    let body = json!({ "keys": [jwk] }).to_string();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/jwks.json", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            counted.fetch_add(1, Ordering::SeqCst);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    (url, asked)
}

/// The API on a port of its own.
async fn api() -> (String, Arc<AtomicUsize>) {
    let (jwks, asked) = issuer();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, routes(Verifier::new(ISSUER, AUDIENCE, Keys::at(&jwks)))).into_future());
    (at, asked)
}

/// Claims of a good token, changed as the test wants.
fn claims(change: &Value) -> Value {
    let now = get_current_timestamp();
    let mut claims = json!({
        "iss": ISSUER, "aud": [AUDIENCE], "sub": "ada", "client_id": "partner-portal", "iat": now, "nbf": now, "exp": now + 900,
        "auth_time": now, "acr": "aal1",
        "ext": { "company_id": "acme", "permissions": ["orders:read", "bank:read"] },
    });
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims
}

fn signed(header: &Header, claims: &Value, seed: u8) -> String {
    let der = key(seed).to_pkcs8_der().expect("DER");
    encode(header, claims, &EncodingKey::from_ec_der(der.as_bytes())).expect("a token")
}

fn header() -> Header {
    Header { typ: Some("at+jwt".to_owned()), kid: Some("k".to_owned()), ..Header::new(Algorithm::ES256) }
}

fn token(change: &Value) -> String {
    signed(&header(), &claims(change), 7)
}

/// Status, challenge and body of one request.
async fn get(at: &str, path: &str, authorization: Option<&str>) -> (u16, String, String) {
    let (url, authorization) = (format!("{at}{path}"), authorization.map(str::to_owned));
    let call = move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.get(&url);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let mut response = request.call().expect("an answer");
        let challenge =
            response.headers().get("www-authenticate").map(|value| value.to_str().expect("text").to_owned());
        (
            response.status().as_u16(),
            challenge.unwrap_or_default(),
            response.body_mut().read_to_string().expect("a body"),
        )
    };
    tokio::task::spawn_blocking(call).await.expect("it ran")
}

async fn refused(at: &str, token: &str) {
    let (status, challenge, _) = get(at, "/orders", Some(&format!("Bearer {token}"))).await;
    assert_eq!(status, 401, "{challenge}");
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

#[tokio::test]
async fn a_good_token_shows_its_own_companys_data() {
    let (at, asked) = api().await;
    let (status, _, body) = get(&at, "/orders", Some(&format!("bearer {}", token(&json!({}))))).await;
    assert!(status == 200 && body.contains("A-1041") && !body.contains("G-2207"), "{body}");
    let globex = json!({ "ext": { "company_id": "globex", "permissions": ["orders:read"] }, "aud": AUDIENCE });
    let (status, _, body) = get(&at, "/orders", Some(&format!("Bearer {}", token(&globex)))).await;
    assert!(status == 200 && body.contains("G-2207") && !body.contains("A-1041"), "{body}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the keys are kept");
}

#[tokio::test]
async fn without_a_token_the_scheme_is_named_and_no_error() {
    let (at, _) = api().await;
    for header in [None, Some("Basic YTpi")] {
        let (status, challenge, _) = get(&at, "/orders", header).await;
        assert_eq!((status, challenge.as_str()), (401, "Bearer realm=\"partner-api\""));
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused() {
    let (at, _) = api().await;
    let now = get_current_timestamp();
    for change in [
        json!({ "iss": "http://other.test/" }),
        json!({ "aud": ["https://other.example/"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "exp": now - 60 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 600 }),
        json!({ "sub": "" }),
        json!({ "cnf": { "jkt": "a-key" } }),
    ] {
        refused(&at, &token(&change)).await;
    }
    let good = claims(&json!({}));
    refused(&at, "abc").await;
    refused(&at, &signed(&header(), &good, 8)).await;
    for typ in [Some("JWT"), Some("logout+jwt"), None] {
        refused(&at, &signed(&Header { typ: typ.map(str::to_owned), ..header() }, &good, 7)).await;
    }
    // A shared secret made of what is public, and no signature at all.
    let secret = EncodingKey::from_secret(key(7).public_key().to_jwk_string().as_bytes());
    let by_secret = Header { alg: Algorithm::HS256, ..header() };
    refused(&at, &encode(&by_secret, &good, &secret).expect("a token")).await;
    let signed_well = token(&json!({}));
    let (body, _) = signed_well.rsplit_once('.').expect("a signature");
    refused(&at, &format!("{body}.")).await;
}

#[tokio::test]
async fn made_up_keys_cause_no_traffic() {
    let (at, asked) = api().await;
    for kid in ["x", "y", "z"] {
        let header = Header { kid: Some(kid.to_owned()), ..header() };
        refused(&at, &signed(&header, &claims(&json!({})), 7)).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (at, _) = api().await;
    for path in ["/invoices", "/team"] {
        let (status, challenge, _) = get(&at, path, Some(&format!("Bearer {}", token(&json!({}))))).await;
        assert_eq!(status, 403);
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
    }
    // What a client could have put there itself counts for nothing.
    let top = json!({ "permissions": ["team:manage"], "scope": "team:manage", "ext": {} });
    assert_eq!(get(&at, "/team", Some(&format!("Bearer {}", token(&top)))).await.0, 403);
}

#[tokio::test]
async fn a_weak_or_old_login_is_asked_for_again() {
    let (at, _) = api().await;
    let old = get_current_timestamp() - 400;
    let weak = [json!({}), json!({ "acr": "aal2", "auth_time": old }), json!({ "acr": "aal2", "auth_time": null })];
    for change in weak {
        let (status, challenge, _) = get(&at, "/bank", Some(&format!("Bearer {}", token(&change)))).await;
        assert_eq!(status, 401);
        for part in ["error=\"insufficient_user_authentication\"", "acr_values=\"aal2\"", "max_age=\"300\""] {
            assert!(challenge.contains(part), "{challenge}");
        }
    }
    let strong = token(&json!({ "acr": "aal2" }));
    assert_eq!(get(&at, "/bank", Some(&format!("Bearer {strong}"))).await.0, 200);
}
