//! A provider people sign in at, written for these tests: discovery, authorization, tokens bound by PKCE, keys, userinfo.
//! It can be told to do wrong what a provider may do wrong.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use josekit::{
    jwk::{
        Jwk,
        alg::ec::{EcCurve, EcKeyPair},
    },
    jws::{ES256, HS256, JwsSigner},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::world::{Browser, World, location};

/// Our client there.
pub(crate) const CLIENT: &str = "portico";
const SECRET: &str = "a client secret & more";

/// What the provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Nonce,
    Issuer,
    Audience,
    ForeignParty,
    Expired,
    UnknownKey,
    /// Signed with our own secret.
    Symmetric,
    /// Not signed at all.
    Unsigned,
    /// Userinfo is about somebody else.
    OtherPerson,
    /// The token endpoint says no.
    Refuses,
    /// The token endpoint is broken.
    Broken,
}

struct Asked {
    nonce: Option<String>,
    challenge: Option<String>,
    redirect_uri: String,
}

struct State {
    base: String,
    key: EcKeyPair,
    foreign: EcKeyPair,
    person: Value,
    fault: Option<Fault>,
    codes: HashMap<String, Asked>,
    now: i64,
}

/// The provider.
#[derive(Clone)]
pub(crate) struct Upstream {
    state: Arc<Mutex<State>>,
    pub(crate) base: String,
    issued: Arc<AtomicUsize>,
    pub(crate) key_reads: Arc<AtomicUsize>,
}

impl Upstream {
    /// Starts one at which `person` signs in.
    pub(crate) fn start(person: Value) -> Self {
        let state = Arc::new(Mutex::new(State {
            base: String::new(),
            key: key("k1"),
            foreign: key("k1"),
            person,
            fault: None,
            codes: HashMap::new(),
            now: 0,
        }));
        let mut upstream = Self { state, base: String::new(), issued: Arc::default(), key_reads: Arc::default() };
        let shared = upstream.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .route("/.well-known/openid-configuration", web::get().to(discovery))
                .route("/authorize", web::get().to(authorize))
                .route("/token", web::post().to(token))
                .route("/keys", web::get().to(keys))
                .route("/userinfo", web::get().to(userinfo))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        upstream.base = format!("http://127.0.0.1:{}", server.addrs()[0].port());
        upstream.state.lock().unwrap().base.clone_from(&upstream.base);
        tokio::spawn(server.run());
        upstream
    }

    /// Somebody else sits there now.
    pub(crate) fn is_visited_by(&self, person: Value) {
        self.state.lock().unwrap().person = person;
    }

    /// Does something wrong from now on.
    pub(crate) fn does(&self, fault: Option<Fault>) {
        self.state.lock().unwrap().fault = fault;
    }

    /// Signs with another key from now on.
    pub(crate) fn changes_its_key(&self) {
        self.state.lock().unwrap().key = key("k2");
    }

    /// Its part of the configuration, with what a test changes of it.
    pub(crate) fn provider(&self, id: &str, over: Value) -> Value {
        let mut provider = json!({
            "id": id, "provider": "generic", "label": "Upstream", "client_id": CLIENT, "client_secret": SECRET,
            "issuer_url": self.base, "scope": ["email", "profile"], "mapper_url": mapper(MAPPER),
        });
        crate::self_service::world::merged(&mut provider, over);
        provider
    }

    /// A configuration with these providers, in which registering signs in.
    pub(crate) fn config(providers: &[Value]) -> Value {
        json!({"selfservice": {
            "methods": {"oidc": {"enabled": true, "config": {"providers": providers}}},
            "flows": {"registration": {"after": {"oidc": {"hooks": [{"hook": "session"}]}}}},
        }})
    }

    /// A world with this provider alone.
    pub(crate) async fn world(&self, dsn: &str, over: Value) -> World {
        self.world_of(dsn, Self::config(&[self.provider("up", over)])).await
    }

    /// A world of this configuration, which has this provider.
    pub(crate) async fn world_of(&self, dsn: &str, config: Value) -> World {
        let world = World::start(dsn, config).await;
        self.state.lock().unwrap().now = shared_types::time::Clock::now(&world.clock).timestamp();
        world
    }

    /// Follows a browser to the provider, and is sent back: the address of the callback.
    pub(crate) async fn visit(&self, world: &World, to: &str) -> Url {
        assert!(to.starts_with(&self.base), "{to}");
        self.state.lock().unwrap().now = shared_types::time::Clock::now(&world.clock).timestamp();
        let response = crate::world::client().get(to).send().await.unwrap();
        assert_eq!(response.status(), 302, "{}", response.text().await.unwrap());
        Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
    }

    /// Presses the provider's button in a flow, goes there and comes back; the answer to the callback.
    pub(crate) async fn pass(&self, world: &World, browser: &Browser, flow: &Value) -> reqwest::Response {
        let response = browser.submit_form(flow, &[("provider", "up")]).await;
        assert_eq!(response.status(), 303, "{}", response.text().await.unwrap());
        let back = self.visit(world, &location(&response)).await;
        browser.visit(back.as_str()).await
    }
}

fn key(id: &str) -> EcKeyPair {
    let mut key = EcKeyPair::generate(EcCurve::P256).unwrap();
    key.set_key_id(Some(id));
    key
}

/// A mapper that takes the address over when it is proven.
pub(crate) const MAPPER: &str = r"
    local claims = std.extVar('claims');
    {identity: {
        traits: {
            [if 'email' in claims then 'email']: claims.email,
            [if 'name' in claims then 'name']: claims.name,
        },
        verified_addresses: if 'email_verified' in claims && claims.email_verified
            then [{via: 'email', value: claims.email}] else [],
        metadata_public: {from: claims.iss},
    }}";

/// A mapper as the configuration names it.
pub(crate) fn mapper(text: &str) -> String {
    format!("base64://{}", STANDARD.encode(text))
}

async fn discovery(upstream: web::Data<Upstream>) -> HttpResponse {
    let base = upstream.state.lock().unwrap().base.clone();
    HttpResponse::Ok().json(json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"), "userinfo_endpoint": format!("{base}/userinfo"),
        "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn authorize(upstream: web::Data<Upstream>, query: web::Query<HashMap<String, String>>) -> HttpResponse {
    let mut state = upstream.state.lock().unwrap();
    assert_eq!((query["client_id"].as_str(), query["response_type"].as_str()), (CLIENT, "code"));
    assert!(query["scope"].split(' ').any(|word| word == "openid"));
    let code = format!("code-{}", upstream.issued.fetch_add(1, Ordering::SeqCst));
    let redirect_uri = query["redirect_uri"].clone();
    let mut back = Url::parse(&redirect_uri).unwrap();
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &query["state"])
        .append_pair("iss", &state.base);
    let asked =
        Asked { nonce: query.get("nonce").cloned(), challenge: query.get("code_challenge").cloned(), redirect_uri };
    state.codes.insert(code, asked);
    HttpResponse::Found().insert_header(("location", back.as_str())).finish()
}

async fn token(
    upstream: web::Data<Upstream>,
    request: HttpRequest,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let mut state = upstream.state.lock().unwrap();
    let encoded = serde_urlencoded::to_string([("s", SECRET)]).unwrap().replace("s=", "");
    let pair = STANDARD.encode(format!("{CLIENT}:{encoded}"));
    if request.headers().get("authorization").is_none_or(|sent| *sent != format!("Basic {pair}")) {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    match state.fault {
        Some(Fault::Refuses) => return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"})),
        Some(Fault::Broken) => return HttpResponse::InternalServerError().body("broken"),
        _ => {}
    }
    let Some(asked) = state.codes.remove(&form["code"]) else {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    };
    assert_eq!(form["redirect_uri"], asked.redirect_uri);
    let shown = form.get("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())));
    if shown != asked.challenge {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    }
    let id_token = id_token(&state, asked.nonce.as_deref());
    HttpResponse::Ok().json(json!({
        "access_token": "an access token", "refresh_token": "a refresh token", "token_type": "Bearer", "id_token": id_token,
    }))
}

fn id_token(state: &State, nonce: Option<&str>) -> String {
    let mut claims = state.person.clone();
    let standard = json!({"iss": state.base, "aud": CLIENT, "iat": state.now, "exp": state.now + 300, "nonce": nonce});
    crate::world::merge(&mut claims, &standard);
    match state.fault {
        Some(Fault::Nonce) => claims["nonce"] = json!("another"),
        Some(Fault::Issuer) => claims["iss"] = json!("https://evil.example.org"),
        Some(Fault::Audience) => claims["aud"] = json!(["somebody-else"]),
        Some(Fault::ForeignParty) => {
            claims["aud"] = json!([CLIENT, "somebody-else"]);
            claims["azp"] = json!("somebody-else");
        }
        Some(Fault::Expired) => claims["exp"] = json!(state.now - 120),
        _ => {}
    }
    let key = if state.fault == Some(Fault::UnknownKey) { &state.foreign } else { &state.key };
    let (alg, signer): (&str, Option<Box<dyn JwsSigner>>) = match state.fault {
        Some(Fault::Symmetric) => ("HS256", Some(Box::new(HS256.signer_from_bytes(SECRET.repeat(2)).unwrap()))),
        Some(Fault::Unsigned) => ("none", None),
        _ => ("ES256", Some(Box::new(ES256.signer_from_jwk(&key.to_jwk_key_pair()).unwrap()))),
    };
    let header = json!({"alg": alg, "kid": key.to_jwk_public_key().key_id()});
    let input = format!("{}.{}", encoded(&header), encoded(&claims));
    let signature = signer.map(|signer| signer.sign(input.as_bytes()).unwrap()).unwrap_or_default();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn keys(upstream: web::Data<Upstream>) -> HttpResponse {
    upstream.key_reads.fetch_add(1, Ordering::SeqCst);
    let mut public: Jwk = upstream.state.lock().unwrap().key.to_jwk_public_key();
    public.set_key_use("sig");
    HttpResponse::Ok().json(json!({"keys": [public.as_ref()]}))
}

async fn userinfo(upstream: web::Data<Upstream>, request: HttpRequest) -> HttpResponse {
    if request.headers().get("authorization").is_none_or(|sent| sent != "Bearer an access token") {
        return HttpResponse::Unauthorized().finish();
    }
    let state = upstream.state.lock().unwrap();
    let mut claims = state.person.clone();
    crate::world::merge(&mut claims, &json!({"nickname": "from userinfo"}));
    if state.fault == Some(Fault::OtherPerson) {
        claims["sub"] = json!("somebody else");
    }
    HttpResponse::Ok().json(claims)
}

/// Somebody with a proven address.
pub(crate) fn anna() -> Value {
    json!({"sub": "anna-1", "email": "anna@example.org", "email_verified": true, "name": "Anna"})
}
