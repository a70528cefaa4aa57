//! `/sessions/whoami?tokenize_as=..`: sessions as signed tokens.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::Duration;
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    sign::Verifier,
};
use serde_json::{Value, json};
use shared_types::on_both;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::world::{Answer, World, send};

/// A key of P-256, made and used without the library the service signs with.
pub(crate) struct SigningKey(EcKey<Private>);

impl SigningKey {
    pub(crate) fn new() -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self(EcKey::generate(&group).unwrap())
    }

    /// The set that holds it, as a URL.
    pub(crate) fn url(&self) -> String {
        let number = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec_padded(32).unwrap());
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let mut context = BigNumContext::new().unwrap();
        self.0.public_key().affine_coordinates(self.0.group(), &mut x, &mut y, &mut context).unwrap();
        let key = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "key-1", "use": "sig",
            "x": number(&x), "y": number(&y), "d": number(self.0.private_key()),
        });
        text_url(&json!({"keys": [key]}).to_string())
    }

    /// The claims of a token that this key has signed.
    pub(crate) fn claims(&self, token: &Value) -> Value {
        let (message, signature) = token.as_str().expect("a token").rsplit_once('.').unwrap();
        let (header, payload) = message.split_once('.').unwrap();
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let header: Value = serde_json::from_slice(&bytes(header)).unwrap();
        assert_eq!(header, json!({"alg": "ES256", "kid": "key-1", "typ": "JWT"}));
        let signature = bytes(signature);
        let (r, s) = signature.split_at(32);
        let number = |bytes| BigNum::from_slice(bytes).unwrap();
        let der = EcdsaSig::from_private_components(number(r), number(s)).unwrap().to_der().unwrap();
        let key = PKey::from_ec_key(self.0.clone()).unwrap();
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
        assert!(verifier.verify_oneshot(&der, message.as_bytes()).unwrap(), "{token} is not signed by the key");
        serde_json::from_slice(&bytes(payload)).unwrap()
    }
}

/// A text as a URL.
pub(crate) fn text_url(text: &str) -> String {
    format!("base64://{}", STANDARD.encode(text))
}

/// The configuration of templates.
pub(crate) fn templates(templates: &Value) -> Value {
    json!({"session": {"whoami": {"tokenizer": {"templates": templates}}}})
}

/// Asks for a token.
pub(crate) async fn ask(world: &World, session_token: &str, template: &str) -> Answer {
    let path = format!("/sessions/whoami?tokenize_as={template}");
    send(world.public("GET", &path).header("x-session-token", session_token)).await
}

const MAPPER: &str = "
local claims = std.extVar('claims');
local session = std.extVar('session');

{
  claims: {
    sub: 'somebody else',
    iss: 'https://issuer.example.org',
    role: session.identity.traits.role,
    schema_id: session.identity.schema_id,
    aal: session.authenticator_assurance_level,
    lifetime: claims.exp - claims.iat,
    knows_admin_metadata: std.objectHas(session.identity, 'metadata_admin'),
  },
}";

on_both! {
    async fn a_session_becomes_a_token(dsn: String) {
        let key = SigningKey::new();
        let mut over = templates(&json!({
            "plain": {"jwks_url": key.url()},
            "mapped": {"jwks_url": key.url(), "claims_mapper_url": text_url(MAPPER), "ttl": "1h30m"},
        }));
        over["feature_flags"] = json!({"cacheable_sessions": true});
        let world = World::with(&dsn, over).await;
        let id = world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;

        let answer = ask(&world, &token, "plain").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("x-kratos-authenticated-identity-id"), id);
        assert!(answer.headers.get("ory-session-cache-for").is_none());
        let claims = key.claims(&answer.body["tokenized"]);
        let now = 1_772_366_400;
        assert_eq!(claims["jti"].as_str().map(str::len), Some(36));
        let expected = json!({
            "jti": claims["jti"], "iss": world.public_url("").trim_end_matches('/'), "sub": id,
            "sid": answer.body["id"], "iat": now, "nbf": now, "exp": now + 60,
        });
        assert_eq!(claims, expected);

        let mapped = key.claims(&ask(&world, &token, "mapped").await.body["tokenized"]);
        let expected = json!({
            "jti": mapped["jti"], "iss": "https://issuer.example.org", "sub": id, "sid": answer.body["id"],
            "iat": now, "nbf": now, "exp": now + 5400, "role": "buyer", "schema_id": "default", "aal": "aal1",
            "lifetime": 5400, "knows_admin_metadata": false,
        });
        assert_eq!(mapped, expected);
        assert_ne!(mapped["jti"], claims["jti"]);

        // Without a template nothing is different.
        let plain = world.whoami(&token).await;
        assert!(plain.body.get("tokenized").is_none());
        assert_eq!(plain.header("ory-session-cache-for"), "86400");
        assert!(ask(&world, &token, "").await.body.get("tokenized").is_none());
        world.stop().await;
    }
}

on_both! {
    async fn the_subject_may_be_the_external_id(dsn: String) {
        let key = SigningKey::new();
        let world = World::with(&dsn, templates(&json!({
            "external": {
                "jwks_url": key.url(), "subject_source": "external_id",
                "claims_mapper_url": text_url("{ claims: { sub: 'x', external: std.extVar('session').identity.external_id } }"),
            },
        }))).await;
        let id = world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        let answer = ask(&world, &token, "external").await;
        assert_eq!(answer.status, 400);
        assert!(answer.reason().contains("external id"), "{answer:?}");

        let patch = json!([{"op": "add", "path": "/external_id", "value": "customer 7"}]);
        assert_eq!(world.call("PATCH", &format!("/admin/identities/{id}"), &patch).await.status, 200);
        let claims = key.claims(&ask(&world, &token, "external").await.body["tokenized"]);
        assert_eq!((&claims["sub"], &claims["external"]), (&json!("customer 7"), &json!("customer 7")));
        world.stop().await;
    }
}

on_both! {
    async fn what_makes_no_token_is_told(dsn: String) {
        let key = SigningKey::new();
        let with = |mapper: &str| json!({"jwks_url": key.url(), "claims_mapper_url": text_url(mapper)});
        let world = World::with(&dsn, templates(&json!({
            "fails": with("error 'a secret of the operator'"),
            "cancels": with("error 'cancel'"),
            "misses": with("{ claims: std.extVar('session').nothing }"),
            "text": with("'claims'"),
            "list": with("{ claims: [1] }"),
            "imports": with("import '/etc/passwd'"),
            "unreachable": {"jwks_url": key.url(), "claims_mapper_url": "http://127.0.0.1:1/mapper.jsonnet"},
        }))).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        // Who is nobody is told so first.
        assert_eq!(ask(&world, "nonsense", "fails").await.status, 401);
        let unknown = ask(&world, &token, "nothing").await;
        assert_eq!((unknown.status, unknown.reason()), (400, "tokenize_as: there is no tokenizer template \"nothing\"."));
        for template in ["fails", "cancels", "misses", "text", "list", "imports"] {
            let answer = ask(&world, &token, template).await;
            assert_eq!(answer.status, 400, "{template}: {answer:?}");
            assert!(answer.reason().contains("gave no claims") && !answer.reason().contains("secret"), "{answer:?}");
        }
        let answer = ask(&world, &token, "unreachable").await;
        assert_eq!((answer.status, &answer.body["error"]["id"]), (502, &json!("upstream_error")));
        world.stop().await;
    }
}

/// Serves one text over HTTP, counting.
async fn served(text: &'static str) -> (String, Arc<AtomicUsize>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mapper.jsonnet", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            count.fetch_add(1, Ordering::SeqCst);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
            let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
        }
    });
    (url, asked, server)
}

on_both! {
    async fn a_mapper_behind_http_is_fetched_once_an_hour(dsn: String) {
        let key = SigningKey::new();
        let (url, asked, server) = served("{ claims: { from: 'afar' } }").await;
        let over = templates(&json!({"remote": {"jwks_url": key.url(), "claims_mapper_url": url}}));
        let world = World::with(&dsn, over).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody has needed it yet");
        let both = tokio::join!(ask(&world, &token, "remote"), ask(&world, &token, "remote"));
        for answer in [both.0, both.1, ask(&world, &token, "remote").await] {
            assert_eq!(key.claims(&answer.body["tokenized"])["from"], "afar");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        world.clock.advance(Duration::hours(1));
        assert_eq!(ask(&world, &token, "remote").await.status, 200);
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        // It is gone, and the last one still serves.
        server.abort();
        world.clock.advance(Duration::hours(1));
        assert_eq!(key.claims(&ask(&world, &token, "remote").await.body["tokenized"])["from"], "afar");
        world.stop().await;
    }
}
